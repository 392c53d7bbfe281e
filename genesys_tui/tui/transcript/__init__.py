"""The transcript of a conversation: prompts and streaming replies, drawn line by line."""
