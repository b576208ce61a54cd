"""How the venue says no."""

from collections.abc import Mapping


class RequestRefused(Exception):
    """A request is answered with a code and a sentence instead of what it asked for."""

    def __init__(
        self, code: int, message: str, status: int = 400, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.headers = dict(headers or {})

    @property
    def body(self) -> dict[str, int | str]:
        """The error as the wire shows it."""
        return {"code": self.code, "msg": self.message}
