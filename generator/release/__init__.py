"""A built site leaves for its portals: staged, sealed, read back, and switched to in one step."""
