"""The base class of every refusal that a person reads.

A ``Refusal`` carries a message id and the facts; the edge (web, command line, job) translates it, picks the status or
exit code and never shows a traceback.
"""

from typing import Any, ClassVar, Self


class Refusal(Exception):
    """Something cannot be done, for a reason that can be said in one sentence.

    ``message`` is an English message id for the catalogues, with ``%(name)s`` places that ``facts`` fills; it names
    the thing, the reason and the remedy.
    """

    status: ClassVar[int] = 400
    exit_code: ClassVar[int] = 1
    field: str | None = None
    """The name of the form's field that is to be mended, where it is one alone."""

    def __init__(self, message: str, **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.facts = facts

    def of(self, field: str) -> Self:
        """The same refusal, of one field of the form."""
        self.field = field
        return self

    def __str__(self) -> str:
        return self.message % self.facts if self.facts else self.message


class NotFound(Refusal):
    """The thing that was named does not exist, or may not be seen."""

    status = 404


class Forbidden(Refusal):
    """The person's role does not allow this."""

    status = 403


class Conflict(Refusal):
    """Someone else changed the thing first, or its state does not allow this."""

    status = 409


class TooLarge(Refusal):
    """More was sent than the settings allow."""

    status = 413


class Unreadable(Refusal):
    """A file or text that was given cannot be understood."""

    status = 422
