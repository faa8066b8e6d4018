"""GitHub's own description of its API, cut to what the stand-in answers, and what holds both sides to it."""
