"""Article to Post, per platform: pure and total."""
