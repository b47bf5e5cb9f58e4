"""The Telegram channel: updates in, kept until they are answered; cited answers out, each once."""
