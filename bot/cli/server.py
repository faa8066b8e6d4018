"""`dbbot serve`, `web`, `worker`, `sweep`, `doctor`: settings are read, then `bot.serving` does the work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from bot.cli.trouble import WrongInput

if TYPE_CHECKING:
    from bot.serving import Check
    from bot.settings import ServerSettings


@click.command()
def serve() -> None:
    """Run everything on one machine: receiver, workers, sweeper; embedded Redis unless DBBOT_REDIS_URL is set."""
    with _settings() as settings:
        from bot.serving import serve as run

        run(settings, _announce)


@click.command()
def web() -> None:
    """Run the receiver and the pages alone."""
    with _settings() as settings:
        from bot.serving import run_web

        run_web(settings, _announce)


@click.command()
def worker() -> None:
    """Run one worker alone."""
    with _settings() as settings:
        from bot.serving import run_worker

        run_worker(settings)


@click.command()
@click.option("--once", is_flag=True, help="Sweep once and end.")
def sweep(once: bool) -> int:
    """Ask GitHub for failed deliveries, missing reviews and checks left open; again and again."""
    with _settings() as settings:
        from bot.serving import run_sweep, sweep_once

        return sweep_once(settings) if once else run_sweep(settings)


@click.command()
def doctor() -> int:
    """Check settings, Redis and GitHub, and say how to mend what is wrong.

    Ends with 1 if something is wrong.
    """
    with _settings() as settings:
        from bot.serving import doctor as examine

        checks = examine(settings)
    click.echo("ok     settings: They can be read.")
    for check in checks:
        click.echo(_line(check))
    return 1 if any(check.sound is False for check in checks) else 0


@contextmanager
def _settings() -> Iterator[ServerSettings]:
    """Raises WrongInput for wrong settings, and for what they make impossible."""
    from bot.serving import EmbeddedRedisError, ServingError
    from bot.settings import SettingsError, load_settings

    try:
        yield load_settings()
    except SettingsError as error:
        raise WrongInput("The settings are wrong. " + " ".join(error.problems)) from None
    except (ServingError, EmbeddedRedisError) as error:
        raise WrongInput(str(error)) from None


def _announce(address: str) -> None:
    click.echo(f"dbbot: ready at {address}", err=True)


def _line(check: Check) -> str:
    mark = {True: "ok", False: "wrong", None: "note"}[check.sound]
    return f"{mark:<6} {check.name}: {' '.join(word for word in (check.words, check.mend) if word)}"
