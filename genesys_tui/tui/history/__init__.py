"""The audit history on screen: which calls were made, what they came to, and everything about one of them."""
