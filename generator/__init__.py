"""Qingdan: from filed responsibility checklists to public sites. Each room says what it does in its own header."""


def main() -> None:
    """Run the command line.

    The installed command starts here and not in `__main__`: a worker process imports the file that started its
    parent, and need not load the command line for that.
    """
    from generator.__main__ import main as run

    run()
