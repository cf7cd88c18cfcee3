"""How people talk to the bot: commands in, replies out, the same on every platform."""
