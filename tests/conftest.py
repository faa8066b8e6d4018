"""Fixtures that several rooms' tests share; each stands in the file of the thing that it starts."""

from collections.abc import Callable

import pytest

pytest_plugins = ["tests.databases", "tests.redis_server"]

FIGURE = "figure"


@pytest.fixture
def report_figure(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Says a measured figure at the end of the run, also when tests run in several processes."""
    return lambda sentence: record_property(FIGURE, sentence)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [report for group in terminalreporter.stats.values() for report in group]
    for report in reports:
        for name, value in getattr(report, "user_properties", []):
            if name == FIGURE and report.when == "call":
                terminalreporter.write_line(str(value))
