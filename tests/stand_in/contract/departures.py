"""Where real GitHub departs from its own description. Recorded traffic shows each of these; nothing else passes."""

from typing import Any

NULL_HEADS = {("head", "repo"), ("head", "user"), ("head", "label")}
"""Pull requests whose fork was deleted."""
NULL_LINES = {"line", "original_line", "position", "start_line"}
"""Comments on a whole file, and outdated ones."""
COMMENT_LISTS = {
    "pulls/list-review-comments",
    "pulls/list-comments-for-review",
    "pulls/get-review-comment",
    "pulls/update-review-comment",
    "pulls/create-review-comment",
    "pulls/create-reply-for-review-comment",
}
BOTH_AT_ONCE = ("apps/list-installations", ["account"])
"""Described as a user and an enterprise at once; GitHub's own example is a user."""


def is_documented(operation: str, error: Any) -> bool:
    place = [each for each in error.instance_path if not isinstance(each, int)]
    if (operation, place) == BOTH_AT_ONCE:
        return True
    if operation in COMMENT_LISTS:
        return place[-1:] != [] and place[-1] in NULL_LINES and error.instance is None
    if operation.startswith(("pulls/", "repos/list-pull-requests")):
        return tuple(place[-2:]) in NULL_HEADS and error.instance is None
    return False
