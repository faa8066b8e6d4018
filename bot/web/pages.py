"""Pages for people: the rules and guides, from the same text that the command line and the comments show."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markdown_it import MarkdownIt
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from rules.explain import page
from rules.guides import ENFORCED_BY, rules_of
from rules.registry import nearest_names, rule_named, rules

HERE = Path(__file__).parent

_TEMPLATES = Environment(
    loader=FileSystemLoader(HERE / "templates"), autoescape=select_autoescape(default=True), undefined=StrictUndefined
)
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


def page_of(template: str, status: int = 200, **values: object) -> HTMLResponse:
    return HTMLResponse(_TEMPLATES.get_template(template).render(**values), status)


@lru_cache(maxsize=512)
def as_html(markdown: str) -> Markup:
    """HTML written in the Markdown is shown as text."""
    return Markup(_MARKDOWN.render(markdown))


def inline(markdown: str) -> Markup:
    """A title: its `names` in code, nothing around it."""
    return Markup(_MARKDOWN.renderInline(markdown))


_TEMPLATES.filters["inline"] = inline


def rule_list(_: Request) -> Response:
    groups: dict[str, list[tuple[str, str, str]]] = {}
    for rule in rules():
        groups.setdefault(rule.group, []).append((rule.name, rule.title, rule.severity.value))
    return page_of("rules.html", groups=sorted(groups.items()), guides=list(ENFORCED_BY))


def rule_page(request: Request) -> Response:
    name = request.path_params["name"]
    if rule_named(name) is not None:
        return page_of("article.html", title=name, body=as_html(page(name)))
    return _missing("rule", name)


def guide_page(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in ENFORCED_BY:
        return _missing("guide", name)
    enforced = [rule for rule in rules() if rule.name in rules_of(name)]
    return page_of("guide.html", name=name, rules=[(rule.name, rule.title) for rule in enforced])


def _missing(kind: str, name: str) -> Response:
    return page_of("missing.html", 404, kind=kind, name=name[:100], near=nearest_names(name[:100]))


def style(_: Request) -> Response:
    return PlainTextResponse(_style(), media_type="text/css", headers={"Cache-Control": "public, max-age=3600"})


@lru_cache(maxsize=1)
def _style() -> str:
    return (HERE / "static" / "style.css").read_text()
