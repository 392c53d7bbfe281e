"""Conversations that were kept: found, resumed, forked, named and exported."""
