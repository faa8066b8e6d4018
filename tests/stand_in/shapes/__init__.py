"""State -> the JSON that GitHub's REST API and webhooks show. Pure."""
