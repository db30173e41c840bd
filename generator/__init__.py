"""Qingdan: from filed responsibility checklists to public sites. Each room says what it does in its own header."""
