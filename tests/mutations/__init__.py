"""Valid filings, and the ways in which they go wrong: a base (`paper`) is mutated by named operators (`texts`, `tables`,
`packages`), each of which says which rule must be met where."""
