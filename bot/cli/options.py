"""Options that the reading commands share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from bot.cli.trouble import WrongInput
from rules.dialects import DIALECTS, unknown_dialect

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Asked:
    """What the shared options say; `locations` are relative to where the command runs, as typed."""

    folder: Path
    locations: tuple[str, ...] = ()
    base: str | None = None
    new: tuple[str, ...] = ()
    judge_all: bool = False
    dialect: str | None = None
    server_version: int | None = None
    config: str | None = None
    no_cache: bool = False


def _known_dialect(_: click.Context, __: click.Parameter, name: str | None) -> str | None:
    if name is not None and name not in DIALECTS:
        raise WrongInput(unknown_dialect(name))
    return name


def asking(command: Callable[..., int | None]) -> Callable[..., int | None]:
    """Gathers the values of the shared options into `asked: Asked`; the decorator next to the function."""

    @wraps(command)
    def gathered(**given: Any) -> int | None:
        shared = {field.name: given.pop(field.name) for field in fields(Asked) if field.name in given}
        return command(asked=Asked(**shared), **given)

    return gathered


def reading(command: Command) -> Command:
    """Which files to read, and for which server."""
    for option in reversed(
        (
            click.option(
                "--script-location",
                "locations",
                multiple=True,
                metavar="DIR",
                help="A folder with env.py or versions/, or a folder of revision files. Repeatable.",
            ),
            click.option(
                "--dialect",
                metavar="NAME",
                callback=_known_dialect,
                help=f"{', '.join(DIALECTS)}. Default: of the database URL, else postgresql.",
            ),
            click.option(
                "--server-version",
                type=click.IntRange(8, 99),
                metavar="N",
                help="Major version; default 15 (MySQL, MariaDB: what all supported ones do).",
            ),
            click.option("--config", metavar="FILE", help="Default: .github/dbbot.yml, .dbbot.yml, [tool.dbbot]."),
            click.option("--no-cache", is_flag=True, help="Read every file anew, and keep nothing for the next time."),
        )
    ):
        command = option(command)
    return command


def choosing(command: Command) -> Command:
    """Which revisions are new."""
    for option in reversed(
        (
            click.option("--base", metavar="REF", help="What this git ref has is history, the rest is new."),
            click.option(
                "--new", multiple=True, metavar="REVISION_OR_FILE", help="This revision alone is new. Repeatable."
            ),
            click.option("--all", "judge_all", is_flag=True, help="Every revision, as if it alone were new."),
        )
    ):
        command = option(command)
    return command


def output(*formats: str) -> Callable[[Command], Command]:
    """How the result is written, and where to; the first format is the default."""

    def decorate(command: Command) -> Command:
        command = click.option("--output", "target", metavar="FILE", help="Default: standard output.")(command)
        return click.option(
            "--format",
            "form",
            type=click.Choice(formats),
            default=formats[0],
            show_default=True,
            help="How to write it.",
        )(command)

    return decorate


folder_argument = click.argument(
    "folder", metavar="[PATH]", default=".", type=click.Path(exists=True, file_okay=False, path_type=Path)
)
folder_option = click.option(
    "--path",
    "folder",
    default=".",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The repository; default: here.",
)
