"""Partner apps (a police crime alarm, a village app) and the Pos Jago form: JSON with a token, and a panic button."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from radiodesk.core.errors import Unreadable
from radiodesk.core.text import mended
from radiodesk.rooms.calls.models import Channel
from radiodesk.rooms.messages.loose_values import key, moment
from radiodesk.rooms.messages.ports import Incoming

_PRESSED = TypeAdapter(bool)


class Report(BaseModel):
    """What a partner sends: words, a panic, or both. Unknown fields are passed over.

    ``written`` is when the report was written, where it is sent later: ISO 8601 with its zone, or seconds since 1970.
    """

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    id: Annotated[str, BeforeValidator(key), Field(min_length=1)]
    text: Annotated[str, Field(max_length=8000)] = ""
    panic: bool = False
    name: Annotated[str, Field(max_length=120)] = ""
    phone: Annotated[str, Field(max_length=40)] = ""
    place: Annotated[str, Field(max_length=120)] = ""
    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] | None = None
    officer: Annotated[str, Field(max_length=120)] = ""
    written: Annotated[datetime | None, BeforeValidator(moment)] = None


def read_report(body: Any) -> Report:
    """Check a report; raises ``Unreadable`` that names the fields that are wrong."""
    fields = {name: _mended(name, value) for name, value in body.items()} if isinstance(body, dict) else body
    try:
        report = Report.model_validate(fields)
    except ValidationError as error:
        wrong = ", ".join(sorted({".".join(map(str, one["loc"])) or "body" for one in error.errors()}))
        raise Unreadable("The report cannot be taken: look at %(fields)s.", fields=wrong) from None
    if not report.text and not report.panic:
        raise Unreadable("The report cannot be taken: look at %(fields)s.", fields="text")
    return report


def is_panic(value: Any) -> bool:
    """Whether a value of ``panic`` is a pressed button, as a report reads it."""
    try:
        return _PRESSED.validate_python(value)
    except ValidationError:
        return False


def _mended(name: str, value: Any) -> Any:
    # Two ids that differ in their odd signs alone stay two: see ``values.key``.
    return mended(value) if isinstance(value, str) and name != "id" else value


def incoming(report: Report, channel: Channel, source: str) -> Incoming:
    """A report as it goes into the queue; ``source`` keeps the ids of several partners apart."""
    said = [report.text, f"({source}{': ' + report.officer if report.officer else ''})"]
    return Incoming(
        channel,
        f"{source}:{report.id}",
        report.phone or None,
        name=report.name,
        text="\n".join(filter(None, said)),
        place=report.place,
        latitude=report.latitude,
        longitude=report.longitude,
        urgent=report.panic,
        written_at=report.written,
    )
