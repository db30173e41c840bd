"""The nouns, frozen, and the one module that knows a page's address (`addresses`). Imports nothing of ours."""
