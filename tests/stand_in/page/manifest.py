"""Registering an App from a manifest: GitHub's form, agreed to at once."""

import json
import secrets
from collections.abc import Callable
from urllib.parse import parse_qs, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.stand_in.state.apps import App
from tests.stand_in.state.world import Json, World

Register = Callable[[Json, str], App]


def manifest_routes(world: World, register: Register) -> list[Route]:
    async def agree(request: Request) -> Response:
        form = parse_qs((await request.body()).decode())
        manifest: Json = json.loads(form.get("manifest", ["{}"])[0])
        missing = [name for name in ("url", "redirect_url") if not manifest.get(name)]
        if missing:
            return HTMLResponse(f"<p>Error: the manifest has no {missing[0]}.</p>", 422)
        with world.lock:
            app = register(manifest, request.path_params.get("organization", "octo"))
            code = secrets.token_hex(20)
            world.manifest_codes[code] = app
        query = urlencode({"code": code, "state": request.query_params.get("state", "")})
        return RedirectResponse(f"{manifest['redirect_url']}?{query}", 303)

    return [
        Route("/settings/apps/new", agree, methods=["POST"]),
        Route("/organizations/{organization}/settings/apps/new", agree, methods=["POST"]),
    ]
