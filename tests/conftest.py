"""Fixtures that several rooms' tests share; each stands in the file of the thing that it starts."""

pytest_plugins = ["tests.databases", "tests.redis_server"]
