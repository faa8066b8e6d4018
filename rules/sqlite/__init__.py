"""Facts about SQLite, each with the page it comes from."""
