"""`dbbot` and its commands by name; a command's module is imported when it is asked for."""

from __future__ import annotations

import pkgutil

import click

MODULES = {
    "check": ("bot.cli.check:check", "Judge migrations."),
    "sql": ("bot.cli.sql:sql", "Print the SQL that Alembic would send."),
    "locks": ("bot.cli.locks:locks", "Print which locks that SQL takes, and who waits."),
    "graph": ("bot.cli.graph:graph", "Print the revision graph and its problems."),
    "plan": ("bot.cli.plan:plan", "Print the revisions that repair one in several steps."),
    "explain": ("bot.cli.explain:explain", "Print the page of a rule or a guide."),
    "rules": ("bot.cli.catalogue:catalogue", "Print the catalogue of rules."),
    "stats": ("bot.cli.stats:stats", "Print the SQL that reads table sizes; make a file of its answer."),
    "serve": ("bot.cli.server:serve", "Run everything on one machine."),
    "web": ("bot.cli.server:web", "Run the receiver alone."),
    "worker": ("bot.cli.server:worker", "Run one worker alone."),
    "sweep": ("bot.cli.server:sweep", "Ask GitHub again for what was missed."),
    "doctor": ("bot.cli.server:doctor", "Check settings, Redis and GitHub, and say how to mend them."),
}


class Commands(click.Group):
    """Commands in the order of MODULES, with their first lines known before they are imported."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in MODULES:
            return None
        command = pkgutil.resolve_name(MODULES[cmd_name][0])
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in MODULES.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="dbbot", message="dbbot %(version)s")
def dbbot() -> None:
    """Reviews Alembic migrations without running them.

    \b
    Exit status: 0 nothing found, 1 findings at or above --fail-on,
    2 wrong usage or settings, 3 a fault of dbbot.
    """
