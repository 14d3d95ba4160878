"""The outbox's port: something that sends a text to a number."""

from typing import Protocol


class NotSent(Exception):
    """The channel did not take it; the text says why, ``again`` whether a later attempt may do better."""

    def __init__(self, why: str, *, again: bool = False) -> None:
        super().__init__(why)
        self.again = again


class Sender(Protocol):
    """Sends texts over one channel."""

    def send(self, to: str, words: str) -> str:
        """Send; returns the channel's id of the message. Raises ``NotSent``."""
        ...
