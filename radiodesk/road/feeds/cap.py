"""CAP 1.1 and 1.2 alerts, among them the nowcasts of BMKG, whose kecamatan stand only in the description."""

import math
import re
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from xml.etree.ElementTree import Element  # the type only; parsing goes through defusedxml

from radiodesk.core.i18n import N_
from radiodesk.road.feeds.feed_times import parse_time
from radiodesk.road.feeds.feed_xml import child_text, children, descendants, local, parse_xml, root_name, text_below
from radiodesk.road.feeds.loose_json import as_number
from radiodesk.road.feeds.problem import Problem
from radiodesk.road.feeds.unreadable import FeedUnreadable
from radiodesk.road.feeds.warning_text import language_of, read_references, read_warning_text
from radiodesk.road.ports import Alert, FeedResult

NAMESPACES = ("urn:oasis:names:tc:emergency:cap:1.2", "urn:oasis:names:tc:emergency:cap:1.1")
PREFERRED_LANGUAGES = ("id", "en")
NUMBER = re.compile(r"-?\d{1,12}(?:\.\d{1,20})?")
Polygon = tuple[tuple[float, float], ...]


class CapFeed:
    """Reads one alert, or several inside an envelope.

    Tests, exercises and drafts are left out by name: a station must never warn of what is not so.
    """

    name = "cap"

    def sniff(self, data: bytes) -> bool:
        return root_name(data) in ("alert", "alerts", "edxldistribution")

    def read(self, data: bytes, *, source: str, now: datetime) -> FeedResult:
        root = parse_xml(data, source=source)
        elements = [root] if local(root) == "alert" else list(descendants(root, "alert"))
        if not elements:
            raise FeedUnreadable("%(source)s is an envelope without a CAP alert in it.", source=source)
        alerts: list[Alert] = []
        problems: list[str] = []
        status, secret = text_below(root, "distributionStatus"), text_below(root, "combinedConfidentiality")
        if (status and status.lower() != "actual") or (secret and "unclassified" not in secret.lower()):
            why = secret if status.lower() in ("", "actual") else status
            problem = Problem("The whole envelope was left out: it is not meant for the public (%(why)s).", why=why)
            return FeedResult(format=self.name, problems=(problem,))
        for element in elements:
            found, said = read_alert(element)
            alerts.extend(found)
            problems.extend(said)
        return FeedResult(format=self.name, alerts=tuple(alerts), problems=tuple(problems))


def read_alert(element: Element) -> tuple[list[Alert], list[str]]:
    """One ``alert`` element: an Alert for each ``info`` in the best language, and what was left out and why."""
    identifier = child_text(element, "identifier")
    if not identifier:
        return [], [Problem("An alert without an identifier was left out.")]
    problem = _why_not(element, identifier)
    if problem is not None:
        return [], [problem]
    problems: list[str] = []
    namespace = element.tag.partition("}")[0].lstrip("{")
    if namespace not in NAMESPACES:
        problems.append(
            Problem(
                "Alert %(id)s uses the unknown namespace %(namespace)s; it was read as CAP 1.2.",
                id=identifier,
                namespace=namespace or "(none)",
            )
        )
    message_type = (child_text(element, "msgType") or "Alert").capitalize()
    infos = _best_language(list(children(element, "info")))
    if not infos:
        if message_type in ("Cancel", "Update"):
            infos = [Element("info")]
        else:
            silent = Problem("Alert %(id)s was left out: it says nothing (no info block).", id=identifier)
            return [], [*problems, silent]
    alerts = [_alert(element, info, identifier, message_type) for info in infos]
    if any(not (alert.areas or alert.polygons or alert.places or alert.ends) for alert in alerts):
        said = N_("Alert %(id)s names no area; it is told only where its headline names the place.")
        problems.append(Problem(said, id=identifier))
    return alerts, problems


def _why_not(element: Element, identifier: str) -> Problem | None:
    """Why an alert is not for the air at all; nothing of its words is repeated, since they may not be for everybody."""
    status = child_text(element, "status")
    if status and status.lower() != "actual":
        said = N_("Alert %(id)s was left out: its status is %(status)s, not Actual.")
        return Problem(said, id=identifier, status=status)
    scope = child_text(element, "scope")
    if scope and scope.lower() != "public":
        said = N_("Alert %(id)s was left out: its scope is %(scope)s, so it is not for the public.")
        return Problem(said, id=identifier, scope=scope)
    message_type = child_text(element, "msgType")
    if message_type.lower() in ("ack", "error"):
        said = N_("Message %(id)s was left out: it answers another one (%(type)s) and warns of nothing.")
        return Problem(said, id=identifier, type=message_type)
    return None


def _best_language(infos: list[Element]) -> list[Element]:
    languages = [_language(info).lower()[:2] for info in infos]
    for wanted in (*PREFERRED_LANGUAGES, *languages[:1]):
        chosen = [info for info, language in zip(infos, languages, strict=True) if language == wanted]
        if chosen:
            return chosen
    return infos


def _language(info: Element) -> str:
    words = " ".join(child_text(info, name) for name in ("event", "headline", "description", "instruction"))
    return language_of(child_text(info, "language"), words)


def _alert(element: Element, info: Element, identifier: str, message_type: str) -> Alert:
    sender = child_text(element, "sender")
    description = child_text(info, "description")
    said = read_warning_text(description) if "bmkg" in sender.lower() else read_warning_text("")
    areas = list(children(info, "area"))
    return Alert(
        identifier=identifier,
        sender=sender,
        event=child_text(info, "event"),
        headline=child_text(info, "headline") or child_text(info, "event"),
        description=description,
        instruction=child_text(info, "instruction"),
        message_type=message_type,
        severity=child_text(info, "severity") or "Unknown",
        urgency=child_text(info, "urgency") or "Unknown",
        certainty=child_text(info, "certainty") or "Unknown",
        onset=parse_time(child_text(info, "onset")) or parse_time(child_text(info, "effective")) or said.onset,
        expires=parse_time(child_text(info, "expires")) or said.expires,
        areas=tuple(filter(None, (child_text(area, "areaDesc") for area in areas))),
        polygons=tuple(polygon for area in areas for polygon in _polygons(area)),
        references=tuple(read_references(child_text(element, "references"))),
        language=_language(info),
        url=child_text(info, "web") or None,
        attribution=child_text(info, "senderName") or sender or None,
        sent=parse_time(child_text(element, "sent")),
        places=said.places,
        spreading=said.spreading,
        response_types=tuple(" ".join((one.text or "").split()) for one in children(info, "responseType")),
        categories=tuple(" ".join((one.text or "").split()) for one in children(info, "category")),
    )


def _polygons(area: Element) -> Iterator[Polygon]:
    """Rings of (latitude, longitude) in degrees; circles ("lat,lon km") become rings of 16 points.

    A ring of fewer than three points, and a circle without a radius, stand for the spot that they name.
    """
    for element in children(area, "polygon"):
        ring = tuple(filter(None, (_position(pair) for pair in (element.text or "").split())))
        if ring:
            yield ring
    for element in children(area, "circle"):
        latitude, longitude, radius = [*NUMBER.findall(element.text or ""), "", "", ""][:3]
        position, kilometres = _position(f"{latitude},{longitude}"), as_number(radius)
        if position:
            yield _ring(position, kilometres) if kilometres and kilometres > 0 else (position,)


def _position(pair: str) -> tuple[float, float] | None:
    latitude, longitude = (as_number(part) for part in islice((*pair.split(","), "", ""), 2))
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return latitude, longitude


def _ring(centre: tuple[float, float], kilometres: float) -> Polygon:
    north = kilometres / 111.2
    east = north / max(math.cos(math.radians(centre[0])), 0.01)
    turns = (math.tau * step / 16 for step in range(16))
    return tuple((centre[0] + north * math.cos(turn), centre[1] + east * math.sin(turn)) for turn in turns)
