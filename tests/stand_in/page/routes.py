"""Looking and pressing buttons; every button is something that people do on GitHub."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.stand_in.page.diff_view import file_views, hunk_tail, offer_of
from tests.stand_in.page.markdown import render_markdown
from tests.stand_in.page.timeline import timeline
from tests.stand_in.state.pulls import PullRequest
from tests.stand_in.state.refusals import Refused
from tests.stand_in.state.world import World

Press = Callable[[PullRequest, int, dict[str, str]], object]

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
)
TEMPLATES.filters["markdown"] = render_markdown
TEMPLATES.globals["hunk_tail"] = hunk_tail
TEMPLATES.globals["offer_of"] = offer_of


def page_routes(world: World) -> list[Route]:
    page = "/{owner}/{name}/pull/{number:int}"
    return [
        Route("/", partial(show_list, world)),
        Route(page, partial(show_pull, world)),
        *(
            Route(f"{page}/{path}", partial(press_button, world, press), methods=["POST"])
            for path, press in BUTTONS.items()
        ),
    ]


async def show_list(world: World, request: Request) -> Response:
    with world.lock:
        return HTMLResponse(TEMPLATES.get_template("list.html").render(world=world))


async def show_pull(world: World, request: Request) -> Response:
    return await run_in_threadpool(render_pull, world, request.path_params, "", 200)


def render_pull(world: World, names: dict[str, Any], refusal: str, status: int) -> Response:
    with world.lock:
        pull = find_pull(world, names)
        if pull is None:
            return HTMLResponse("<h1>404</h1><p>There is no such pull request.</p>", 404)
        page = TEMPLATES.get_template("pull.html").render(
            pull=pull,
            world=world,
            refusal=refusal,
            timeline=timeline(pull),
            files=file_views(pull),
            is_waiting=any(run.status != "completed" for run in pull.check_runs),
        )
    return HTMLResponse(page, status)


def find_pull(world: World, names: dict[str, Any]) -> PullRequest | None:
    repository = world.repository(f"{names['owner']}/{names['name']}")
    pulls = repository.pulls if repository else []
    return next((each for each in pulls if each.number == names["number"]), None)


async def press_button(world: World, press: Press, request: Request) -> Response:
    form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
    return await run_in_threadpool(pressed, world, press, request.path_params, form)


def pressed(world: World, press: Press, names: dict[str, Any], form: dict[str, str]) -> Response:
    with world.lock:
        pull = find_pull(world, names)
        if pull is None:
            return HTMLResponse("<h1>404</h1>", 404)
        try:
            press(pull, names.get("id", 0), form)
        except (Refused, StopIteration) as refused:
            return render_pull(world, names, str(refused) or "That is gone.", 422)
        return RedirectResponse(f"{pull.html_url}{form.get('anchor', '')}", 303)


def commit_suggestion(pull: PullRequest, number: int, form: dict[str, str]) -> None:
    pull.accept_suggestion(next(each for each in pull.review_comments if each.id == number))


def toggle_thread(pull: PullRequest, number: int, form: dict[str, str]) -> None:
    thread = next(each for each in pull.threads if each.id == number)
    if thread.is_resolved:
        thread.unresolve(pull.author)
    else:
        thread.resolve(pull.author)


def comment(pull: PullRequest, number: int, form: dict[str, str]) -> None:
    pull.comment(form.get("body", ""), author=pull.repository.owner.login)


def reply(pull: PullRequest, number: int, form: dict[str, str]) -> None:
    thread = next(each for each in pull.threads if each.id == number)
    pull.reply(thread.comments[0], form.get("body", ""), author=pull.repository.owner.login)


def rerun(pull: PullRequest, number: int, form: dict[str, str]) -> None:
    next(each for each in pull.check_runs if each.id == number).rerequest(pull.author.login)


def act(pull: PullRequest, number: int, form: dict[str, str]) -> None:
    run = next(each for each in pull.check_runs if each.id == number)
    run.request_action(form["identifier"], pull.author.login)


BUTTONS: dict[str, Press] = {
    "suggestions/{id:int}": commit_suggestion,
    "threads/{id:int}": toggle_thread,
    "threads/{id:int}/replies": reply,
    "comments": comment,
    "checks/{id:int}/rerun": rerun,
    "checks/{id:int}/actions": act,
    "merge": lambda pull, *_: pull.merge(),
    "close": lambda pull, *_: pull.close() if pull.is_open else pull.reopen(),
}
