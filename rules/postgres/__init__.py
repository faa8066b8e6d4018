"""Facts about PostgreSQL, each with the page it comes from; no opinions."""
