"""What later rooms lend to the screener's screen: suggestions, and what they know of a caller.

They may not be imported here; the code that builds the application connects them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, cast

from flask import Flask, current_app
from markupsafe import Markup
from sqlalchemy.orm import Session

from radiodesk.core.settings import Settings
from radiodesk.language.triage import Suggestion
from radiodesk.rooms.calls.models import Call

_EXTENSION = "radiodesk.calls"


class Suggester(Protocol):
    """Reads the words so far and says what they are about."""

    def categories(self) -> Mapping[str, str]:
        """Every category by key, with its name in the language of the request."""
        ...

    def suggest(self, session: Session, text: str) -> Suggestion | None: ...


@dataclass(frozen=True, slots=True)
class Fact:
    """Something known of a caller, or to be done with a call: a line with its time, and where it leads."""

    at: datetime
    text: str
    href: str | None = None
    open: bool = False
    """Whether it still waits for somebody (an unanswered ticket)."""


class FactSource(Protocol):
    """Gives what a room knows of these calls (a caller's own, this one included), newest first."""

    def __call__(self, session: Session, call_ids: list[int], /) -> list[Fact]: ...


class ActionSource(Protocol):
    """Gives links for one call, such as "make a ticket of it": facts whose ``href`` is a page of the room."""

    def __call__(self, session: Session, call_id: int, public_id: str, /) -> list[Fact]: ...


class PanelSource(Protocol):
    """Gives a part of the page that stands under the queue, such as the talkback of the studio."""

    def __call__(self, session: Session, at: datetime, /) -> Markup: ...


class OriginSource(Protocol):
    """Says which of these calls came in for another show than the one that the queue belongs to: its title, by the
    call's key."""

    def __call__(self, session: Session, calls: Sequence[Call], /) -> Mapping[int, str]: ...


class SlipSource(Protocol):
    """Gives what must be told to the caller of this call, as a part of the card; empty for nothing."""

    def __call__(self, session: Session, call: Call, at: datetime, /) -> Markup: ...


class Masker(Protocol):
    """Takes out of a caller's words what must not be read on air: private numbers, and the names given."""

    def __call__(self, text: str, names: Sequence[str], /) -> str: ...


class MessageSource(Protocol):
    """Gives what was written to and fro, by the names that the templates of the queue and of a card know."""

    def queue(self, session: Session, calls: Collection[Call], /, *, at: datetime) -> Mapping[str, Any]:
        """Of the queue: ``stuck`` replies (a number), and the keys of calls with something ``unread``, or ``withdrawn``
        by its sender.
        """
        ...

    def card(self, session: Session, settings: Settings, call: Call, /) -> Mapping[str, Any]:
        """Of one call: its attachments, files still being fetched, originals that nobody could read, replies."""
        ...


class NoMessages:
    """Stands where no room of messages is connected."""

    def queue(self, session: Session, calls: Collection[Call], /, *, at: datetime) -> Mapping[str, Any]:
        return {"stuck": 0, "unread": set(), "withdrawn": set()}

    def card(self, session: Session, settings: Settings, call: Call, /) -> Mapping[str, Any]:
        return {"unread": set(), "withdrawn": set()}


@dataclass
class Connections:
    """What is connected in one application."""

    suggester: Suggester | None = None
    facts: list[FactSource] = field(default_factory=list)
    actions: list[ActionSource] = field(default_factory=list)
    panels: list[PanelSource] = field(default_factory=list)
    heads: list[PanelSource] = field(default_factory=list)
    """What stands above the queue, such as the broadcast that it belongs to."""
    slips: list[SlipSource] = field(default_factory=list)
    origins: OriginSource | None = None
    masker: Masker | None = None
    messages: MessageSource = field(default_factory=NoMessages)


def connections(app: Flask | None = None) -> Connections:
    """The connections of an application (of the current request's, when none is given); change them to connect."""
    extensions = (app or current_app).extensions
    return cast(Connections, extensions.setdefault(_EXTENSION, Connections()))
