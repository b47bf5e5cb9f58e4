"""From a question to a proven answer."""

VERSION = "0.1.0"
