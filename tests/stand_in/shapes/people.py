"""Users as GitHub shows them."""

from tests.stand_in.contract.description import template
from tests.stand_in.git import Author
from tests.stand_in.state.people import User
from tests.stand_in.state.world import Json, World

NODE_PREFIX = {"User": "U", "Bot": "BOT", "Organization": "O"}


def user_shape(user: User, world: World) -> Json:
    """The official example with this user's name in every address."""
    addresses = {
        key: value.replace("https://api.github.com", world.api_url).replace("octocat", user.login)
        for key, value in template("user").items()
        if isinstance(value, str) and value.startswith("https://api")
    }
    page = user.login.replace("[bot]", "")
    return addresses | {
        "login": user.login,
        "id": user.id,
        "node_id": f"{NODE_PREFIX[user.kind]}_{user.id}",
        "avatar_url": f"{world.site_url}/avatars/{user.id}",
        "gravatar_id": "",
        "html_url": f"{world.site_url}/apps/{page}" if user.is_bot else f"{world.site_url}/{page}",
        "type": user.kind,
        "user_view_type": "public",
        "site_admin": False,
    }


def git_user(author: Author, when: str) -> Json:
    return {"name": author.name, "email": author.email, "date": when}
