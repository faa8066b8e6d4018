"""What could not be read. Nothing is passed over in silence."""
