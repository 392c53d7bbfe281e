"""Where prompts are written: the editor, what it remembers, and what waits to be asked."""
