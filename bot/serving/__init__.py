"""The server's parts as the command line starts them: all in one place, or each alone."""

from bot.serving.doctor import Check, doctor
from bot.serving.embedded_redis import EmbeddedRedisError
from bot.serving.parts import run_sweep, run_web, run_worker, serve, sweep_once
from bot.serving.server import ServingError

__all__ = [
    "Check",
    "EmbeddedRedisError",
    "ServingError",
    "doctor",
    "run_sweep",
    "run_web",
    "run_worker",
    "serve",
    "sweep_once",
]
