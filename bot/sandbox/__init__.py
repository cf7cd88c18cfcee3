"""A local Telegram, VK and newsroom over real HTTP, and the board that shows them."""
