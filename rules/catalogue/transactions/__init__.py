"""Where a statement stands: transaction, autocommit block, driver, placeholder."""
