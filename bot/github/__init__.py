"""GitHub's side of the house: one reader (`snapshot`), one writer (`publish`), and what both stand on."""
