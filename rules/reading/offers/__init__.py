"""What a migration may use: the closed lists."""
