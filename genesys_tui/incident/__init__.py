"""Incident bundles: what a vendor's ticket about a call needs, and no secret."""
