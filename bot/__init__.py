"""GitHub and people: webhooks, commands, wording, the command line."""
