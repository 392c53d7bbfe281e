"""Signing in from the screen."""
