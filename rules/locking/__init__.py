"""Which locks each operation takes: one function for each type of operation, beside its kin."""
