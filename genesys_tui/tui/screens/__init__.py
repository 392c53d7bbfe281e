"""The screens: talking, and looking back."""
