"""The probe on screen: what is asked for, and its calls as they end."""
