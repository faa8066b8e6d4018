"""Text of strangers as Markdown: it is shown as it is, and can neither call people, nor link, nor leave its place."""

from __future__ import annotations

import html
import re

_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_CODE_OR_ADDRESS = re.compile(
    r"(?<!`)(?P<fence>`+)(?!`)(?P<code>.+?)(?<!`)(?P=fence)(?!`)"
    r"|(?:[A-Za-z][A-Za-z0-9+.-]{0,20}://|www\.)[^\s`]*[^\s`.,;:!?)'\"]",
    re.DOTALL | re.IGNORECASE,
)
_SPECIAL = re.compile(r"[\\`*{}\[\]<>~|$#&]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_CALL = re.compile(r"(@|#|\bGH-|://)(?=\w)", re.IGNORECASE)
_LIST = re.compile(r"\A(\d{1,9})?([-+.)])")
_INVISIBLE = "\u200b"


LONGEST_PROSE = 4_000
"""Characters; nobody reads on."""


class Markdown(str):
    """Text that is Markdown already; templates print it as it is and escape everything else."""

    __slots__ = ()


def cleaned(text: str) -> str:
    """Without control characters, marks that turn the direction of writing, and halves of surrogate pairs."""
    return _CONTROL.sub("\ufffd", text)


def prose(text: str) -> Markdown:
    """Sentences, in which `names` stand in backticks, as one paragraph. Addresses are shown and not linked."""
    text = cut(text, LONGEST_PROSE)
    pieces: list[str] = []
    done = 0
    for match in _CODE_OR_ADDRESS.finditer(text):
        between = _plain(text[done : match.start()])
        pieces += (between or " ", code(match["code"] or match[0]))
        done = match.end()
    pieces.append(_plain(text[done:]))
    return Markdown(_LIST.sub(_escaped_bullet, "".join(pieces).strip()))


def paragraphs(text: str) -> Markdown:
    """As `prose`, but empty lines part paragraphs."""
    return Markdown("\n\n".join(part for block in re.split(r"\n\s*\n", text) if (part := prose(block))))


def code(text: str) -> Markdown:
    """A code span on one line; nothing inside it is Markdown."""
    content = " ".join(cleaned(text).split())
    if not content:
        return Markdown("")
    fence = "`" * (_longest_run(content) + 1)
    space = " " if content.startswith("`") or content.endswith("`") else ""
    return Markdown(f"{fence}{space}{content}{space}{fence}")


def cell(text: str) -> Markdown:
    """`prose` inside a table: a bar ends a cell even in a code span."""
    return Markdown(_entities_for_bars(prose(text)))


def code_cell(text: str) -> Markdown:
    return Markdown(_entities_for_bars(code(text)))


def fenced(text: str, language: str = "") -> Markdown:
    """A block of text to the letter; its fence is longer than any run of backticks inside."""
    fence = "`" * max(3, _longest_run(text) + 1)
    end = "" if not text or text.endswith("\n") else "\n"
    return Markdown(f"{fence}{language}\n{text}{end}{fence}")


def folded_title(text: str) -> Markdown:
    """Text for `<summary>`, where Markdown is not read."""
    return Markdown(html.escape(_silent(" ".join(cleaned(text).split())), quote=False))


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, with an ellipsis where some are missing."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _plain(text: str) -> str:
    text = _silent(re.sub(r"\s+", " ", cleaned(text)))
    return _SPECIAL.sub(lambda match: _ENTITIES.get(match[0], "\\" + match[0]), text)


def _silent(text: str) -> str:
    """An invisible space keeps GitHub from calling people and linking issues."""
    return _CALL.sub(lambda match: match[1] + _INVISIBLE, text)


_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def _escaped_bullet(match: re.Match[str]) -> str:
    return f"{match[1] or ''}\\{match[2]}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall(r"`+", text)), default=0)


def _entities_for_bars(text: str) -> str:
    """GitHub takes `\\|` for a bar inside a cell, also in a code span; a backslash before it would undo that."""
    return re.sub(r"\\?\|", "\u2223", text)
