"""Killing the bot, and its redis, again and again, and counting what came of the articles."""
