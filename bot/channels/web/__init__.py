"""The web channel: the HTTP interface, the pages that prove a citation, and the chat page."""
