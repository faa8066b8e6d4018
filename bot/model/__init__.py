"""What flows between GitHub, the queue and the worker: frozen values."""
