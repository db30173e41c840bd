"""The catalogue of bad inputs: every case builds its document anew, goes the whole way in, and says what must come out.

`cases.toml` lists the cases with the rules that each must meet; the modules `files`, `sheets`, `cells`, `characters` and
`meaning` hold the code of the cases, `desk` what they have in common, `papers` the documents.
"""

from __future__ import annotations

from tests.catalogue import cells, characters, files, meaning, sheets
from tests.catalogue.desk import CASES

__all__ = ["CASES", "cells", "characters", "files", "meaning", "sheets"]
