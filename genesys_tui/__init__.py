"""A terminal app, command line and library for the Genesys Cloud LLM gateway."""
