"""`dbbot plan`."""

from __future__ import annotations

from collections.abc import Sequence

import click

from bot.cli import options
from bot.cli.options import Asked
from bot.cli.printing import print_result
from bot.cli.trouble import WrongInput
from bot.cli.writing import write_revisions
from rules.model.finding import Finding, Plan


@click.command()
@click.argument("revision", metavar="REVISION")
@options.folder_option
@options.reading
@click.option("--rule", "rule", metavar="NAME", help="Of this rule's finding only.")
@click.option("--write", "write", is_flag=True, help="Write the files into the folder of the revision.")
@options.output("text", "json")
@options.asking
def plan(asked: Asked, revision: str, rule: str | None, write: bool, form: str, target: str | None) -> int:
    """Print the revisions that repair a revision in several steps.

    REVISION is an id, its beginning, or a file. Each plan is a series of complete files that come in its place.
    Exit status 1: there are findings, and none of them has a plan.
    """
    findings = _found(asked, revision, rule)
    planned = [each for each in findings if each.plan is not None]
    if write and planned:
        chosen = _the_one(planned, revision)
        write_revisions(asked.folder, chosen.revisions, chosen.replaces)
    without = [each for each in findings if each.plan is None]
    said = _json(planned, without) if form == "json" else _text(revision, rule, planned, without, written=write)
    print_result(said, target)
    return 1 if findings and not planned else 0


def _found(asked: Asked, revision: str, rule: str | None) -> list[Finding]:
    """What stands against the revision."""
    from bot.cli.repository import opened
    from rules.engine import review
    from rules.registry import current_name, nearest_names, rule_named

    if rule is not None and rule_named(rule) is None:
        near = "".join(f" Did you mean `{name}`?" for name in nearest_names(rule)[:1])
        raise WrongInput(f"There is no rule `{rule}`.{near}")
    rule = None if rule is None else current_name(rule)
    with opened(asked, (revision,)) as repository:
        found = review(
            repository.texts,
            new=repository.is_new,
            base_texts=repository.base_texts,
            settings=repository.settings,
            roots=repository.roots,
            readings=repository.readings,
        )
        if repository.new is not None:
            repository.new.require_all_met()
    return [each for each in found.standing if rule in (None, each.rule)]


def _the_one(findings: Sequence[Finding], revision: str) -> Plan:
    """Raises WrongInput if there are several."""
    plans = [each.plan for each in findings if each.plan is not None]
    if len(plans) == 1:
        return plans[0]
    names = ", ".join(f"`--rule {name}`" for name in dict.fromkeys(each.rule for each in findings))
    hint = f"choose with {names}" if len({each.rule for each in findings}) > 1 else "print them, and keep one"
    raise WrongInput(f"There are {len(plans)} plans for `{revision}`; only one of them can take its place: {hint}.")


def _text(
    revision: str, rule: str | None, planned: Sequence[Finding], without: Sequence[Finding], *, written: bool
) -> str:
    from bot.review.markdown import cleaned

    lines = []
    for finding in planned:
        assert finding.plan is not None
        lines += [f"{finding.place}: {finding.message} [{finding.rule}]", "", f"{finding.plan.title}.", ""]
        for step in finding.plan.revisions:
            lines += [f"  {step.path}", f"    {step.title}"] if written else _file(step.path, step.title, step.text)
        verb = "Written. Now delete" if written else "Instead delete"
        kept = finding.plan.replaces in {"", *(step.path for step in finding.plan.revisions)}
        lines += [""] if kept else ["", f"{verb} {finding.plan.replaces}, whose place they take.", ""]
    if without:
        from rules.plans.decisions import why_no_plan

        lines += [f"{finding.place}: no plan for `{finding.rule}`. {why_no_plan(finding)}" for finding in without]
    elif not planned:
        by = f" by `{rule}`" if rule else ""
        lines.append(f"Nothing to plan for `{revision}`: nothing is found there{by}.")
    return cleaned("\n".join(lines).rstrip())


def _file(path: str, title: str, text: str) -> list[str]:
    return [f"# --- {path}", f"# {title}", "", text]


def _json(planned: Sequence[Finding], without: Sequence[Finding]) -> str:
    from bot.cli.formats.json import VERSION, as_json
    from rules.plans.decisions import why_no_plan

    return as_json(
        {
            "version": VERSION,
            "plans": [
                {
                    "rule": finding.rule,
                    "path": finding.place.path,
                    "line": finding.place.line,
                    "revision": finding.revision,
                    "title": finding.plan.title,
                    "replaces": finding.plan.replaces,
                    "revisions": [
                        {"title": step.title, "path": step.path, "text": step.text} for step in finding.plan.revisions
                    ],
                }
                for finding in planned
                if finding.plan is not None
            ],
            "unplanned": [
                {
                    "rule": finding.rule,
                    "path": finding.place.path,
                    "line": finding.place.line,
                    "revision": finding.revision,
                    "reason": why_no_plan(finding),
                }
                for finding in without
            ],
        }
    )
