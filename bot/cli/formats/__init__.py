"""One module, one format: `written(sheet) -> str`."""
