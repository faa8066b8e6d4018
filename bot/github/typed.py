"""PyGithub for the rare, typed calls around a conversation; configured so that it neither repeats nor sleeps.

Its own defaults would repeat a POST after a 5xx (a comment twice), never a PATCH, and sleep for up to an hour.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import github
import requests
from github.Auth import Auth
from github.Repository import Repository as TypedRepository

from bot.github.auth import Purpose
from bot.github.client import Client
from bot.github.errors import Unavailable, Unreadable
from bot.github.protocol import API_VERSION, USER_AGENT, error_of

TIMEOUT = 15
"""Seconds."""

T = TypeVar("T")


class InstallationToken(Auth):
    """The token that `Tokens` holds at the moment of each request."""

    def __init__(self, client: Client, purpose: Purpose) -> None:
        self._client = client
        self._purpose = purpose
        self.last = ""

    @property
    def token_type(self) -> str:
        return "Bearer"

    @property
    def token(self) -> str:
        self.last = self._client.github.tokens.token(self._client.repository, self._purpose)
        return self.last


def pygithub(client: Client, auth: Auth) -> github.Github:
    return github.Github(
        auth=auth,
        base_url=client.addresses.rest,
        retry=None,
        seconds_between_requests=None,
        seconds_between_writes=None,
        per_page=100,
        lazy=True,
        timeout=TIMEOUT,
        api_version=API_VERSION,
        user_agent=USER_AGENT,
    )


def ask(client: Client, purpose: Purpose, call: Callable[[TypedRepository], T]) -> T:
    """One call of PyGithub's about our repository, with our errors; a second one after a 401, with a new token."""
    return client.respecting_limits(lambda: _ask(client, purpose, call))


def _ask(client: Client, purpose: Purpose, call: Callable[[TypedRepository], T]) -> T:
    auth = InstallationToken(client, purpose)
    hub = pygithub(client, auth)
    try:
        repository = hub.get_repo(client.repository.full_name)
        try:
            return call(repository)
        except github.BadCredentialsException:
            client.github.tokens.forget(client.repository, purpose, auth.last)
            return call(repository)
    except github.GithubException as error:
        raise _ours(client, error) from None
    except requests.RequestException as error:
        raise Unavailable(str(error), request="PyGithub") from None
    finally:
        hub.close()


def _ours(client: Client, error: github.GithubException) -> Exception:
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    found = error_of(error.status, headers, error.data, now=client.github.clock(), request="PyGithub")
    return found or Unreadable(str(error), request="PyGithub", status=error.status)
