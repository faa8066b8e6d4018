"""Facts about MySQL and MariaDB, each with the page it comes from."""
