"""Replies to commands on a pull request: one comment each, from the same pages that the command line prints."""

from __future__ import annotations

from collections.abc import Sequence

from bot.review.markdown import Markdown, cleaned, code, cut, fenced, prose
from bot.review.marker import Marker
from bot.review.wording import LIMIT, listed
from rules.explain import page
from rules.model.finding import PlannedRevision
from rules.registry import UnknownRule, nearest_names

_HELP = """\
| Comment | Answer |
|---|---|
| `/dbbot explain NAME` | what a rule is about, what goes wrong without it, and how to do it instead |
| `/dbbot merge` | the revision that joins the heads that this pull request would leave, as a complete file |
| `/dbbot help` | this list |

A finding that is meant is silenced in the file, with a reason: `# dbbot: ignore[NAME] because REASON`
on the line above the statement.
"""


def help_reply(comment_id: int) -> str:
    return _signed(_HELP, comment_id)


def explain_reply(name: str, comment_id: int) -> str:
    """The page of a rule or guide; for an unknown name the nearest ones."""
    if not name.strip():
        return _signed("Which rule? For example: `/dbbot explain blocking-index-creation`.\n", comment_id)
    try:
        return _signed(page(name.strip()), comment_id)
    except UnknownRule:
        near = listed([str(code(found)) for found in nearest_names(name)][:3]).replace(" and ", " or ")
        guess = f" Did you mean {near}?" if near else ""
        return _signed(f"There is no rule {code(cut(name, 100))}.{guess}\n", comment_id)


def merge_reply(revisions: Sequence[PlannedRevision], comment_id: int) -> str:
    """Complete files, to be committed to the pull request."""
    if not revisions:
        return _signed("There is nothing to merge: with this pull request each branch has one head.\n", comment_id)
    parts = ["Add this to the pull request:" if len(revisions) == 1 else "Add these to the pull request:"]
    for revision in revisions:
        parts += [str(code(cut(revision.path, 300))), str(fenced(cleaned(revision.text), "python"))]
    return _signed("\n\n".join(parts), comment_id)


def no_merge_reply(reason: str, comment_id: int) -> str:
    return _signed(f"There is nothing to merge here. {prose(reason)}\n", comment_id)


def unknown_reply(command: str, comment_id: int) -> str:
    """To a command that does not exist."""
    return _signed(f"There is no command {code(cut(command, 100))}. These are:\n\n{_HELP}", comment_id)


def _signed(text: str, comment_id: int) -> str:
    """Within GitHub's limit, with the mark by which a second attempt finds the reply already there."""
    room = LIMIT - 200
    if len(text) > room:
        text = text[:room].rsplit("\n", 1)[0] + "\n\nThe page is cut here; `dbbot explain` prints it whole.\n"
    return Markdown(f"{text.rstrip()}\n\n{Marker(answers=comment_id)}\n")
