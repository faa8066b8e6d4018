"""Statements that make others wait: indexes, partitions, triggers, and the company a lock keeps."""
