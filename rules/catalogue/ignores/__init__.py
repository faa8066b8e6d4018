"""Ignore comments and settings."""
