"""Fixtures that several rooms' tests share; each stands in the file of the thing that it starts."""

from collections.abc import Callable, Iterator

import pytest

pytest_plugins = ["tests.databases", "tests.redis_server"]

FIGURE = "figure"


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What the command line keeps between two runs stays out of the home of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


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
