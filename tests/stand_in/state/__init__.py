"""What GitHub remembers, and what people do there. No HTTP in here."""
