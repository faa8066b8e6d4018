"""Who is asking: an App by its JWT, or an installation by its token."""

from dataclasses import dataclass

import jwt

from tests.stand_in.rest.operations import Declared
from tests.stand_in.state.apps import App, Token
from tests.stand_in.state.refusals import Refused
from tests.stand_in.state.repositories import Repository
from tests.stand_in.state.world import World, now
from tests.stand_in.traffic import AuthKind

LONGEST_JWT = 600
"""Seconds from now to `exp`."""
CLOCK_DRIFT = 60


@dataclass(frozen=True)
class Caller:
    kind: AuthKind
    app: App | None = None
    token: Token | None = None


def identify(world: World, authorization: str) -> Caller:
    scheme, _, secret = authorization.partition(" ")
    secret = secret.strip()
    if not authorization:
        return Caller("none")
    if scheme.lower() not in ("bearer", "token"):
        raise Refused(401, "Bad credentials")
    if secret.startswith("ghs_"):
        token = find_token(world, secret)
        return Caller("installation", token.installation.app, token)
    if secret.count(".") == 2:
        return Caller("jwt", verify_jwt(world, secret))
    raise Refused(401, "Bad credentials")


def find_token(world: World, secret: str) -> Token:
    for app in world.apps:
        for installation in app.installations:
            for token in installation.tokens:
                if token.text == secret and not token.is_expired:
                    if installation.suspended_at:
                        raise Refused(403, "This installation has been suspended")
                    return token
    raise Refused(401, "Bad credentials")


def verify_jwt(world: World, secret: str) -> App:
    undecodable = Refused(401, "A JSON web token could not be decoded")
    try:
        header = jwt.get_unverified_header(secret)
        claims = jwt.decode(secret, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        raise undecodable from None
    check_times(claims)
    issuer = str(claims.get("iss", ""))
    app = next((each for each in world.apps if issuer in (str(each.id), each.client_id)), None)
    if app is None:
        raise Refused(404, "Integration not found")
    if header.get("alg") != "RS256":
        raise undecodable
    try:
        jwt.decode(secret, app.public_key, algorithms=["RS256"], options={"verify_iat": False, "verify_iss": False})
    except jwt.InvalidTokenError:
        raise undecodable from None
    return app


def check_times(claims: dict[str, object]) -> None:
    present = now().timestamp()
    expires, issued = claims.get("exp"), claims.get("iat")
    if not isinstance(expires, int | float) or expires <= present - CLOCK_DRIFT:
        raise Refused(
            401,
            "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the "
            "assertion expires",
        )
    if expires > present + LONGEST_JWT + 1:
        raise Refused(401, "'Expiration time' claim ('exp') is too far in the future")
    if not isinstance(issued, int | float) or issued > present + 1:
        raise Refused(
            401, "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
        )


def authorize(declared: Declared, caller: Caller, repository: Repository | None) -> None:
    """Refuses what this caller may not do here, in GitHub's words."""
    if declared.auth == "none":
        return
    if caller.kind == "none":
        raise Refused(401, "Requires authentication")
    if declared.auth == "jwt":
        if caller.kind != "jwt":
            raise Refused(401, "A JSON web token could not be decoded")
        return
    if declared.auth == "either" and caller.kind == "jwt":
        return
    if caller.token is None:
        raise Refused(403, "Resource not accessible by integration")
    if repository is not None:
        authorize_repository(declared, caller.token, repository)


def authorize_repository(declared: Declared, token: Token, repository: Repository) -> None:
    inaccessible = Refused(403, "Resource not accessible by integration")
    covered = token.covers(repository)
    if not covered and repository.private:
        raise Refused.not_found()
    if not covered and declared.writes:
        raise inaccessible
    if covered and not any(token.allows(*each) for each in declared.needs):
        raise inaccessible
    if declared.writes and repository.archived:
        raise Refused(403, "Repository was archived so is read-only.")
