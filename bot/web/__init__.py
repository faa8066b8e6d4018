"""The door: what GitHub and people reach over HTTP."""
