"""One command from its arguments to an exit status; everything that goes wrong becomes one line."""

from __future__ import annotations

import hashlib
import os
import sys
import traceback
from collections.abc import Sequence

import click

from bot.cli.commands import dbbot

INTERRUPTED = 130
OUR_FAULT = 3


def run(arguments: Sequence[str] | None) -> int:
    try:
        status = dbbot.main(args=arguments, prog_name="dbbot", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return 0
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "dbbot"
        _say(f"{_sentence(error.format_message())} See `{command} --help`.")
        return error.exit_code
    except click.ClickException as error:
        _say(error.format_message())
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        _forget_output()
        return 0
    except Exception as error:
        if os.environ.get("DBBOT_DEBUG"):
            traceback.print_exc()
        _say(_incident(error))
        return OUR_FAULT
    return status if isinstance(status, int) else 0


def _incident(error: Exception) -> str:
    """Names the fault so that two reports of it can be told to be one."""
    frames = traceback.extract_tb(error.__traceback__)
    where = "/".join(f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in frames[-2:])
    number = hashlib.sha256(f"{type(error).__name__} {where}".encode()).hexdigest()[:8]
    return (
        f"dbbot failed by a fault of its own ({type(error).__name__} at {where}, incident {number}). "
        "Please report it with the output of the same command under DBBOT_DEBUG=1."
    )


def _say(message: str) -> None:
    line = " ".join(message.split()).encode("utf-8", "replace").decode("utf-8")
    click.echo(f"dbbot: {line}", err=True)


def _sentence(message: str) -> str:
    return message if message.endswith((".", "!", "?")) else f"{message}."


def _forget_output() -> None:
    """Whoever read our output has gone; Python would complain about it at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
