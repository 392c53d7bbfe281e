"""What the screen does about profiles that are guarded: production is asked about, and read-only ones refuse."""
