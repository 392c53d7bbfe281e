"""The pieces of the screen, one a file, each with its own look."""
