"""`make bench`: dbbot beside the tools that do parts of its work, measured in one run. See `__main__`."""
