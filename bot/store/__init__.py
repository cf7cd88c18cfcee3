"""The state, in redis."""
