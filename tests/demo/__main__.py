"""`make demo`: the whole way of a pull request on this machine, and a page that shows what its author sees."""

from __future__ import annotations

import argparse
import signal
import sys
import time

from rich.console import Console
from rich.markdown import Markdown
from rich.panel import Panel
from rich.rule import Rule

from tests.house import House, concluded_check, open_demo_pull_request, running_house, shop
from tests.stand_in import CheckRun, PullRequest

console = Console(highlight=False)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--once", action="store_true", help="end after the review; exit 0 if it stands")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    begin = time.monotonic()

    def step(text: str) -> None:
        console.print(f"[dim]{time.monotonic() - begin:5.1f} s[/dim]  {text}")

    step("Starting a stand-in for GitHub and `dbbot serve`: Redis, receiver, worker, sweeper ...")
    with running_house() as house:
        step(f"dbbot answers at {house.address}")
        repository = shop(house.github, house.app)
        pull = open_demo_pull_request(repository)
        step(f"{repository.full_name} has pull request #{pull.number}: {pull.title}")
        delivery = next(each for each in house.github.wait_for_deliveries() if each.event == "pull_request")
        step(f"GitHub sent the signed webhook; the receiver answered {delivery.status_code}")
        check = concluded_check(repository, pull.head_sha)
        step(f"The check run `{check.name}` is completed: {check.conclusion}")
        show(pull, check)
        stands = check.conclusion == "failure" and bool(pull.review_comments)
        if not options.once:
            stay(house, pull)
    if not stands:
        console.print("[red]The review does not stand; the log above says why.[/red]")
    return 0 if stands else 1


def show(pull: PullRequest, check: CheckRun) -> None:
    """What the author of the pull request reads."""
    for review in pull.reviews:
        console.print(Rule(f"{review.author.login} reviewed {pull.repository.full_name}#{pull.number}"))
        console.print(Markdown(visible(review.body)))
        for comment in review.comments:
            title = f"{comment.path}, line {comment.line}"
            console.print(Panel(Markdown(visible(comment.body)), title=title, title_align="left"))
    console.print(Rule(f"check run {check.name}: {check.conclusion}"))
    console.print(Markdown(f"**{check.title}**\n\n{visible(check.summary or '')}"))
    console.print(Rule())


def visible(markdown: str) -> str:
    """Without what a page hides or folds away."""
    lines = [line for line in markdown.splitlines() if not line.startswith("<!--")]
    return "\n".join(lines).split("<details", 1)[0]


def stay(house: House, pull: PullRequest) -> None:
    console.print(f"The conversation, with its buttons: [bold]{pull.html_url}[/bold]")
    console.print(f"The rules' pages: {house.address}/rules   (Ctrl-C ends everything)")
    try:
        signal.pause()
    except KeyboardInterrupt:
        console.print("\nEnding ...")


if __name__ == "__main__":
    sys.exit(main())
