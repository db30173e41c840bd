"""How long a county's pages take: this program, Hugo, and bare writes of the same bytes, in one run.

    python -m tests.bench [--townships 15] [--items 340] [--rounds 3] [--languages zh,en] [--samples]

`corpus` makes the content, `project` turns what the pages room draws from it into a Hugo project, `legs` holds the
processes that are timed, `table` says what came out. Nothing here decides whether a time is good.
"""
