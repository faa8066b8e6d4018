"""JUnit XML: one test case for each new migration, failed by its findings."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from bot.cli.printing import Sheet
from rules.model.finding import Finding, Severity
from rules.model.review import LocationReport

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def written(sheet: Sheet) -> str:
    """Errors and warnings fail a case, notices are its output. Findings of no new revision are cases by their file."""
    top = Element("testsuites", name="dbbot")
    rest = list(sheet.standing)
    for location in sheet.review.locations:
        mine = [finding for finding in rest if finding.place.path.startswith(f"{location.path}/")]
        rest = [finding for finding in rest if finding not in mine]
        _suite(top, location.path, _cases(location, mine))
    if rest:
        _suite(top, "repository", {finding.place.path: [] for finding in rest} | _by_name(rest))
    indent(top)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(top, encoding="unicode")


def _cases(location: LocationReport, findings: list[Finding]) -> dict[str, list[Finding]]:
    return {revision: [] for revision in location.new} | _by_name(findings)


def _by_name(findings: list[Finding]) -> dict[str, list[Finding]]:
    cases: dict[str, list[Finding]] = {}
    for finding in findings:
        cases.setdefault(finding.revision or finding.place.path, []).append(finding)
    return cases


def _suite(top: Element, name: str, cases: dict[str, list[Finding]]) -> None:
    failing = [finding for findings in cases.values() for finding in findings if _fails(finding)]
    suite = SubElement(top, "testsuite", name=_xml(name), tests=str(len(cases)), failures=str(len(failing)), errors="0")
    for case, findings in cases.items():
        element = SubElement(suite, "testcase", classname=_xml(name), name=_xml(case))
        for finding in filter(_fails, findings):
            failure = SubElement(element, "failure", type=finding.rule, message=_xml(finding.message))
            failure.text = _xml(_words(finding))
        notices = [_words(finding) for finding in findings if not _fails(finding)]
        if notices:
            SubElement(element, "system-out").text = _xml("\n".join(notices))


def _fails(finding: Finding) -> bool:
    return finding.severity.at_least(Severity.WARNING)


def _words(finding: Finding) -> str:
    place = finding.place
    return f"{place.path}:{place.line}:{place.column + 1} {finding.severity.value} {finding.rule}\n{finding.advice}"


def _xml(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
