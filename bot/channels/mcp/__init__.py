"""The MCP channel: three read-only tools over the same answers, for assistants that speak the Model Context Protocol."""
