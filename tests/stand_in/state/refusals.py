"""What GitHub says when it says no."""

from dataclasses import dataclass, field

from tests.stand_in.state.world import Json


@dataclass
class Refused(Exception):
    status: int
    message: str
    errors: list[str] | list[Json] | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__(f"{self.status} {self.message} {self.errors or ''}".strip())

    @classmethod
    def not_found(cls) -> "Refused":
        return cls(404, "Not Found")

    @classmethod
    def invalid(cls, resource: str, field: str, code: str, message: str | None = None) -> "Refused":
        error: Json = {"resource": resource, "field": field, "code": code}
        return cls(422, "Validation Failed", [error | ({"message": message} if message else {})])

    @classmethod
    def unprocessable(cls, *errors: str) -> "Refused":
        return cls(422, "Unprocessable Entity", list(errors))

    @property
    def body(self) -> Json:
        page = "https://docs.github.com/rest"
        shown: Json = {"message": self.message, "documentation_url": page, "status": str(self.status)}
        return shown | ({"errors": self.errors} if self.errors else {})
