"""Text in, findings out: no network, no disk, no clock, no environment, and nothing of a migration is ever run."""
