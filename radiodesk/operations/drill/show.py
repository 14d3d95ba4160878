"""Reads a drill folder. ``docs/drill.md`` describes the format; what is wrong in it is named, and the rest is used."""

import tomllib
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from radiodesk.core.errors import Unreadable
from radiodesk.core.i18n import why
from radiodesk.rooms.broadcasts.models import ItemKind
from radiodesk.rooms.calls.models import Channel, Protected

T = TypeVar("T", bound="_Strict")


class DrillUnreadable(Unreadable):
    """The folder holds no show that can be played."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DrillItem(_Strict):
    """One item of the rundown. ``text`` is a file, or ``bulletin`` or ``lapsit`` for what the drill compiles."""

    kind: ItemKind
    title: str = Field(min_length=1, max_length=160)
    seconds: int = Field(ge=0, le=6 * 3600)
    reader: str = ""
    text: str | None = None


class DrillCall(_Strict):
    """One call: its file, when it comes (minutes after the planned start) and what the screener writes down."""

    file: str
    channel: Channel = Channel.PHONE
    line: str | None = None
    minute: float = 0
    name: str = ""
    phone: str | None = None
    place: str = ""
    topic: str = ""
    point: str = ""
    protected: Protected | None = None
    may_name: bool = False
    air: bool = True
    reaches: Literal["ringing", "screening", "waiting", "ready"] = "ready"
    """How far the screener brings the call before the show."""
    kind: Literal["complaint", "question", "traffic", "auto"] = "auto"
    answer: str = ""
    """What is answered on air, read by the station's voice."""


class DrillBulletin(_Strict):
    """When the bulletin is compiled, how long it may be, and who reads it."""

    minute: float = 10
    seconds: int = Field(60, ge=15, le=600)
    reader: str = ""


class _Show(_Strict):
    programme: str = Field(min_length=1, max_length=120)
    title: str = ""
    start: datetime
    minutes: int = Field(60, ge=1, le=720)
    area: str | None = None
    hosts: tuple[str, ...] = ()
    bulletin: DrillBulletin = DrillBulletin()
    rundown: tuple[dict[str, Any], ...] = ()
    call: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class Post:
    """A line of ``reports.txt``; ``at`` is station time of day, ``None`` when the line does not begin with one."""

    text: str
    at: tuple[int, int] | None
    source: str


@dataclass(frozen=True)
class Show:
    """A show that can be played, and by name everything in its folder that cannot be used."""

    folder: Path
    programme: str
    title: str
    start: datetime
    minutes: int
    area: str | None
    hosts: tuple[str, ...]
    bulletin: DrillBulletin
    rundown: tuple[DrillItem, ...]
    calls: tuple[DrillCall, ...]
    posts: tuple[Post, ...]
    lapsit: str | None
    feeds: tuple[Path, ...]
    problems: tuple[str, ...] = field(default=())


def load_show(folder: Path) -> Show:
    """Read a drill folder; raises ``DrillUnreadable`` when there is no ``show.toml`` that says what show it is."""
    path = folder / "show.toml"
    try:
        head = _Show.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise DrillUnreadable("%(path)s cannot be opened: %(why)s.", path=path, why=why(error)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DrillUnreadable("%(path)s is not valid TOML: %(why)s.", path=path, why=error) from None
    except ValidationError as error:
        raise DrillUnreadable("%(path)s: %(why)s.", path=path, why=_why(error)) from None
    if head.start.tzinfo is None:
        raise DrillUnreadable("%(path)s: start needs a time zone, such as +07:00.", path=path)
    problems: list[str] = []
    rundown = [item for raw in head.rundown if (item := _one(DrillItem, raw, "rundown", problems))]
    calls = [call for raw in head.call if (call := _one(DrillCall, raw, "call", problems))]
    text = _text(folder / "lapsit.txt", problems)
    return Show(
        folder=folder,
        programme=head.programme,
        title=head.title or head.programme,
        start=head.start,
        minutes=head.minutes,
        area=head.area,
        hosts=head.hosts,
        bulletin=head.bulletin,
        rundown=tuple(rundown),
        calls=tuple(sorted(calls, key=lambda call: call.minute)),
        posts=tuple(_posts(_text(folder / "reports.txt", problems) or "")),
        lapsit=text,
        feeds=tuple(sorted(p for p in (folder / "feeds").glob("*") if p.is_file()))
        if (folder / "feeds").is_dir()
        else (),
        problems=tuple(problems),
    )


def _why(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())


def _one(kind: type[T], raw: dict[str, Any], name: str, problems: list[str]) -> T | None:
    try:
        return kind.model_validate(raw)
    except ValidationError as error:
        problems.append(f"show.toml: {name} {raw.get('file') or raw.get('title') or '?'}: {_why(error)}")
        return None


def _text(path: Path, problems: list[str]) -> str | None:
    try:
        return path.read_bytes().decode("utf-8", "replace").replace("\0", "")
    except FileNotFoundError:
        return None
    except OSError as error:
        problems.append(f"{path.name}: {why(error)}")
        return None


def _posts(text: str) -> list[Post]:
    posts = []
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        parts = line.split("\t", 2)
        if len(parts) == 3 and (clock := _clock(parts[0])):
            posts.append(Post(parts[2].strip(), clock, parts[1].strip() or "reports.txt"))
        else:
            posts.append(Post(line.strip(), None, "reports.txt"))
    return posts


def _clock(text: str) -> tuple[int, int] | None:
    hour, _, minute = text.strip().replace(".", ":").partition(":")
    if hour.isdigit() and minute.isdigit() and int(hour) < 24 and int(minute) < 60:
        return int(hour), int(minute)
    return None
