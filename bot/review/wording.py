"""The sentences on a pull request. Templates print `Markdown` as it is; anything else is escaped on its way in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.review.markdown import Markdown, cleaned, code, cut, fenced, folded_title, paragraphs, prose
from bot.review.marker import Marker
from bot.review.suggestion import Block
from rules.model.finding import Finding, Plan, Severity

LIMIT = 65_000
"""Characters; GitHub takes 65,535 of a check run's text and 65,536 of a comment's."""

ICONS = {Severity.ERROR: "🔴", Severity.WARNING: "🟡", Severity.NOTICE: "🔵", Severity.OFF: "⚪"}


def comment_body(
    finding: Finding,
    block: Block | None,
    diff: str,
    head_sha: str,
    pages_url: str | None = None,
    chart: Markdown = Markdown(""),  # noqa: B008 (a string)
) -> str:
    """A comment of at most LIMIT characters. `diff` is shown where there is no block to accept."""
    room = LIMIT - 25_000 - (len(block.markdown) if block else 0) - len(chart)
    shown_diff = fenced(cleaned(diff), "diff") if diff and not block else Markdown("")
    if len(shown_diff) > room:
        shown_diff = Markdown("")
    steps = _steps(finding.plan, room - len(shown_diff))
    return render(
        "comment.md.j2",
        icon=Markdown(ICONS[finding.severity]),
        word=finding.severity.value.capitalize(),
        rule=code(finding.rule),
        message=paragraphs(cut(finding.message, 2_000)),
        advice=paragraphs(cut(finding.advice, 2_000)),
        block=block.markdown if block else None,
        diff=shown_diff,
        diff_title=folded_title(cut(finding.suggestion.title, 200) if finding.suggestion else ""),
        plan_title=folded_title(cut(finding.plan.title, 200) if finding.plan else ""),
        plan=steps,
        plan_note=_note(finding, steps) if finding.plan else None,
        chart=chart if room > 0 else Markdown(""),
        footer=_why(finding.rule, pages_url),
        marker=Markdown(Marker(sha=head_sha, fingerprint=finding.fingerprint, rule=finding.rule)),
    )


def review_body(new: Sequence[Finding], elsewhere: int, head_sha: str) -> str:
    """What stands above the new comments; `elsewhere` counts the findings that are only in the check run."""
    rest = f"{counted(elsewhere, 'more finding')} {'is' if elsewhere == 1 else 'are'} in the check run `dbbot`."
    return render(
        "review.md.j2",
        sentence=Markdown(f"{severities(new).capitalize()} in the migrations of this pull request."),
        elsewhere=Markdown(rest) if elsewhere else None,
        marker=Markdown(Marker(sha=head_sha)),
    )


def severities(findings: Sequence[Finding]) -> str:
    """`2 errors and 1 warning`; `no findings` where there are none."""
    counts = [(sum(finding.severity is level for finding in findings), level.value) for level in Severity]
    return listed([counted(number, word) for number, word in counts if number]) or "no findings"


def places(on_diff: int, beside: int) -> str:
    """Where the findings are said."""
    if not beside:
        return "It is on the diff." if on_diff == 1 else "All of them are on the diff."
    if not on_diff:
        return "It is said only here." if beside == 1 else "They are said only here."
    return f"{on_diff:,} on the diff, {beside:,} only here."


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def listed(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def render(template: str, **values: object) -> str:
    """The template filled in, without the empty lines that its conditions leave."""
    lines = _templates().get_template(template).render(values).strip().split("\n")
    return "\n".join(lines) + "\n"


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("bot.review"),
        undefined=StrictUndefined,
        autoescape=False,
        finalize=_final,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )


def _final(value: object) -> object:
    return value if isinstance(value, Markdown | int) else prose(str(value))


def _why(rule: str, pages_url: str | None) -> Markdown:
    command = code(f"/dbbot explain {rule}")
    if pages_url is None:
        return Markdown(f"To read why, comment {command}.")
    return Markdown(f"[Read why]({pages_url.rstrip('/')}/rules/{rule}), or comment {command}.")


def _note(finding: Finding, steps: tuple[tuple[Markdown, Markdown, Markdown], ...]) -> Markdown:
    """What to do with the files; where they had no room, what prints them."""
    assert finding.plan is not None
    if not finding.plan.replaces:
        return Markdown(f"{code('dbbot graph --merge --write')} writes it for you, {code('/dbbot merge')} prints it.")
    command = f"dbbot plan {finding.revision or finding.plan.replaces}"
    if not steps:
        return Markdown(f"A plan of {counted(len(finding.plan.revisions), 'revision')} repairs it: {code(command)}.")
    old = code(cut(finding.plan.replaces, 300))
    if any(step.path == finding.plan.replaces for step in finding.plan.revisions):
        return Markdown(f"{old} keeps its name.")
    return Markdown(f"They take the place of {old}: delete it. {code(f'{command} --write')} writes them for you.")


def _steps(plan: Plan | None, room: int) -> tuple[tuple[Markdown, Markdown, Markdown], ...]:
    """(title, path, complete file) of each revision; none of them unless all find room."""
    if plan is None or sum(len(step.text) for step in plan.revisions) > room:
        return ()
    steps = tuple(
        (prose(cut(step.title.removesuffix("."), 200)), code(cut(step.path, 300)), fenced(cleaned(step.text), "python"))
        for step in plan.revisions
    )
    return steps if sum(len("".join(step)) for step in steps) <= room else ()
