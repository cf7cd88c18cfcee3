"""What the bot serves over HTTP: health and webhooks."""
