"""What a person asked for that cannot be done, and how to mend it."""

from __future__ import annotations

import click


class WrongInput(click.ClickException):
    """Exit status 2. One line: what was found, what is expected."""

    exit_code = 2
