"""The doors to Telegram and VK."""
