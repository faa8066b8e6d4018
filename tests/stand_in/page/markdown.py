"""Markdown as GitHub shows it: a few tags live, all other HTML is text, HTML comments are hidden."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

LIVE_TAGS = "details|summary|sub|sup|br|kbd|ins|del|b|i|strong|em|code|p|ul|ol|li|table|thead|tbody|tr|th|td|h[1-6]|hr"
COMMENT = re.compile(r"<!--.*?(?:-->|$)", re.DOTALL)
LIVE = re.compile(rf"&lt;(/?(?:{LIVE_TAGS})(?: open(?:=&quot;&quot;)?)?\s*/?)&gt;", re.IGNORECASE)
ALERT = re.compile(r"<blockquote>\s*<p>\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\](?:<br\s*/?>)?\s*")


@dataclass(frozen=True)
class Offer:
    """A suggestion that the reader may commit: the lines that go, and where the button posts."""

    removed: Sequence[str]
    action: str
    refusal: str | None


def make_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "breaks": True}).enable(["table", "strikethrough"])
    parser.add_render_rule("html_block", render_html)
    parser.add_render_rule("html_inline", render_html)
    parser.add_render_rule("fence", render_fence)
    return parser


def render_html(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    return LIVE.sub(r"<\1>", escape(COMMENT.sub("", tokens[index].content)))


def render_fence(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    token = tokens[index]
    language = token.info.split()[0] if token.info.split() else ""
    if language != "suggestion":
        return f'<pre class="code"><code>{escape(token.content)}</code></pre>\n'
    return render_suggestion(token.content, env.get("offer"))


def render_suggestion(text: str, offer: Offer | None) -> str:
    rows = "".join(f'<tr class="del"><td>-</td><td>{escape(line)}</td></tr>' for line in offer.removed) if offer else ""
    rows += "".join(f'<tr class="add"><td>+</td><td>{escape(line)}</td></tr>' for line in text.splitlines())
    foot = ""
    if offer and offer.refusal:
        foot = f'<p class="muted foot">{escape(offer.refusal)}</p>'
    elif offer:
        button = '<button class="primary">Commit suggestion</button>'
        foot = f'<form class="foot" method="post" action="{escape(offer.action)}">{button}</form>'
    return f'<div class="suggestion"><p class="head">Suggested change</p><table>{rows}</table>{foot}</div>\n'


PARSER = make_parser()


def render_markdown(text: str | None, offer: Offer | None = None) -> Markup:
    html = PARSER.render((text or "").replace("\r\n", "\n"), {"offer": offer})
    return Markup(ALERT.sub(alert, html))


def alert(match: re.Match[str]) -> str:
    kind = match[1].lower()
    return f'<blockquote class="alert {kind}"><p class="alert-title">{kind.title()}</p><p>'
