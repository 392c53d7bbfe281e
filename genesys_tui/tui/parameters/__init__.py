"""The parameters dialog: what calls are made with."""
