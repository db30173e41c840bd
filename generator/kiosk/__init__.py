"""Kiosks: signed updates out of a built site, and the machine in the service centre that shows them."""
