"""What can be proven of a statement: its figures, dates, names, negations and modal words, read alike in three languages."""
