"""The worker's tests sit at one desk."""

from tests.worker.desk import desk

__all__ = ["desk"]
