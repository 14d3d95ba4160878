"""What was wrong with one item of a feed: a sentence that can be shown as it is, or translated by its parts."""

from typing import Any


class Problem(str):
    """A finished English sentence that remembers its message id and facts for the catalogues."""

    __slots__ = ("facts", "message")
    message: str
    facts: dict[str, Any]

    def __new__(cls, message: str, **facts: Any) -> "Problem":
        made = super().__new__(cls, message % facts if facts else message)
        made.message, made.facts = message, facts
        return made
