"""Fetches a feed: conditional requests, allowed hosts only, limits on size and time.

Nothing here knows a database or a clock. ``FetchState`` is what must be remembered between two fetches; it goes in
and comes out, and what was good before stays in it until something better has been read.
"""

import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from radiodesk.core.errors import Refusal
from radiodesk.road.feed_addresses import AddressRefused, FetchFailed, Resolver, Target, checked, system_resolver
from radiodesk.road.feeds import FeedUnreadable, read_feed
from radiodesk.road.fetch_state import FetchPolicy, FetchState
from radiodesk.road.ports import FeedResult

AGENT = "radiodesk/0.1 (traffic bulletins of a public radio station)"
LONGEST_PAUSE = timedelta(hours=6)

__all__ = ["AddressRefused", "FetchFailed", "FetchPolicy", "FetchState", "Fetched", "Refreshed", "fetch", "refresh"]


@dataclass(frozen=True, slots=True)
class Fetched:
    """One attempt: the state to keep, the bytes if they are new, and the refusal if it failed."""

    state: FetchState
    data: bytes | None = None
    refusal: Refusal | None = None

    @property
    def unchanged(self) -> bool:
        return self.data is None and self.refusal is None


@dataclass(frozen=True, slots=True)
class Refreshed:
    """One attempt with the document read; ``result`` is None when nothing changed or it failed."""

    state: FetchState
    result: FeedResult | None = None
    refusal: Refusal | None = None


def fetch(
    state: FetchState,
    *,
    now: datetime,
    policy: FetchPolicy | None = None,
    transport: httpx.BaseTransport | None = None,
    resolve: Resolver = system_resolver,
    stopwatch: Callable[[], float] = time.monotonic,
) -> Fetched:
    """One attempt. Never raises for what a network or a publisher may do: the refusal is in the result.

    ``transport`` and ``resolve`` stand in for the network; ``stopwatch`` gives seconds for the limit on the whole.
    """
    rules = policy or FetchPolicy()
    try:
        response, body = _follow(state, rules, transport, resolve, stopwatch)
    except FetchFailed as refusal:
        return Fetched(_failed(state, refusal, now, rules, refusal.facts.get("retry_after")), refusal=refusal)
    kept = replace(
        state,
        last_attempt=now,
        last_success=now,
        next_at=now + rules.every,
        failures=0,
        problem=None,
        problem_facts={},
    )
    if response.status_code == httpx.codes.NOT_MODIFIED or (body == state.last_good and body):
        return Fetched(kept)
    kept = replace(
        kept,
        etag=response.headers.get("etag"),
        last_modified=response.headers.get("last-modified"),
        last_good=body,
        last_good_at=now,
    )
    return Fetched(kept, data=body)


def refresh(
    state: FetchState,
    *,
    source: str,
    now: datetime,
    policy: FetchPolicy | None = None,
    transport: httpx.BaseTransport | None = None,
    resolve: Resolver = system_resolver,
    stopwatch: Callable[[], float] = time.monotonic,
) -> Refreshed:
    """Fetch and read. A document that can't be read counts as a failure, and the last good one stays."""
    rules = policy or FetchPolicy()
    fetched = fetch(state, now=now, policy=rules, transport=transport, resolve=resolve, stopwatch=stopwatch)
    if fetched.data is None:
        return Refreshed(fetched.state, refusal=fetched.refusal)
    try:
        result = read_feed(fetched.data, source=source, now=now, limit=rules.max_bytes)
    except FeedUnreadable as refusal:
        return Refreshed(_failed(state, refusal, now, rules, None), refusal=refusal)
    return Refreshed(fetched.state, result=result)


def _failed(
    state: FetchState, refusal: Refusal, now: datetime, rules: FetchPolicy, retry_after: float | None
) -> FetchState:
    """The state after a failure: each one doubles the pause, and a publisher's own wish is honoured."""
    failures = state.failures + 1
    pause = min(rules.every * 2 ** min(failures, 10), LONGEST_PAUSE)
    if retry_after:
        pause = min(max(pause, timedelta(seconds=retry_after)), LONGEST_PAUSE)
    return replace(
        state,
        last_attempt=now,
        next_at=now + pause,
        failures=failures,
        problem=refusal.message,
        problem_facts={name: fact for name, fact in refusal.facts.items() if isinstance(fact, str | int | float)},
    )


def _follow(
    state: FetchState,
    rules: FetchPolicy,
    transport: httpx.BaseTransport | None,
    resolve: Resolver,
    stopwatch: Callable[[], float],
) -> tuple[httpx.Response, bytes]:
    """The answer after redirects, each of which is checked like the first address."""
    began = stopwatch()
    first = _host(state.url)
    url: str | httpx.URL = state.url
    secure = state.url.lower().startswith("https:")
    timeouts = httpx.Timeout(rules.read_seconds, connect=rules.connect_seconds)
    # No proxy and no settings from the environment: they would undo the pinned address.
    with httpx.Client(transport=transport, timeout=timeouts, trust_env=False, follow_redirects=False) as client:
        for _ in range(rules.max_redirects + 1):
            target = checked(
                url, hosts=rules.hosts | {first}, resolve=resolve, allow_private=rules.allow_private, secure=secure
            )
            response, body = _ask(client, target, state, rules, lambda: stopwatch() - began)
            if not response.has_redirect_location:
                return _accepted(response, target.url.host), body
            url = target.url.join(response.headers["location"])
    raise FetchFailed("%(host)s sends us from one address to the next without end.", host=first)


def _host(url: str) -> str:
    try:
        return httpx.URL(url).host.lower().rstrip(".")
    except httpx.InvalidURL:
        return ""


def _ask(
    client: httpx.Client, target: Target, state: FetchState, rules: FetchPolicy, elapsed: Callable[[], float]
) -> tuple[httpx.Response, bytes]:
    """One request to the pinned address, under the host's own name for the server and for its certificate."""
    host = target.url.host
    headers = {
        "Host": target.url.netloc.decode("ascii"),
        "User-Agent": AGENT,
        "Accept": "application/xml, application/json, text/xml;q=0.9, */*;q=0.5",
        "Accept-Encoding": "gzip",
    }
    if state.last_good is not None:  # "not modified" is of use only to who still has it
        headers |= {"If-None-Match": state.etag} if state.etag else {}
        headers |= {"If-Modified-Since": state.last_modified} if state.last_modified else {}
    request = client.build_request("GET", target.pinned, headers=headers, extensions={"sni_hostname": host})
    try:
        response = client.send(request, stream=True)
        try:
            return response, _body(response, host, rules, elapsed)
        finally:
            response.close()
    except httpx.TimeoutException as error:
        raise FetchFailed("%(host)s did not answer in time.", host=host) from error
    except httpx.HTTPError as error:
        raise FetchFailed("%(host)s could not be reached.", host=host) from error


def _body(response: httpx.Response, host: str, rules: FetchPolicy, elapsed: Callable[[], float]) -> bytes:
    """The body, unpacked; given up on as soon as it is too large or takes too long."""
    encoding = response.headers.get("content-encoding", "identity").lower()
    if encoding not in ("identity", "gzip", "x-gzip"):
        raise FetchFailed("%(host)s sends its feed packed in an unknown way.", host=host)
    unpack = zlib.decompressobj(wbits=31) if encoding != "identity" else None
    parts: list[bytes] = []
    size = 0
    for chunk in response.iter_raw():
        if elapsed() > rules.whole_seconds:
            raise FetchFailed("%(host)s sends too slowly; given up on.", host=host)
        try:
            part = unpack.decompress(chunk, rules.max_bytes + 1 - size) if unpack else chunk
        except zlib.error as error:
            raise FetchFailed("%(host)s sends a feed that can't be unpacked.", host=host) from error
        size += len(part)
        if size > rules.max_bytes:
            limit = max(rules.max_bytes // 1_000_000, 1)
            raise FetchFailed("%(host)s sends more than %(limit)d MB, which is no feed.", host=host, limit=limit)
        parts.append(part)
    return b"".join(parts)


def _accepted(response: httpx.Response, host: str) -> httpx.Response:
    if response.status_code in (httpx.codes.OK, httpx.codes.NOT_MODIFIED):
        return response
    facts: dict[str, Any] = {"host": host, "status": response.status_code}
    if response.status_code in (404, 410):
        raise FetchFailed("%(host)s has no feed at this address any more (%(status)d).", **facts)
    if response.status_code in (401, 403):
        raise FetchFailed("%(host)s does not let us have its feed (%(status)d).", **facts)
    if response.status_code in (429, 503):
        facts["retry_after"] = _retry_after(response)
        raise FetchFailed("%(host)s asks us to come back later (%(status)d).", **facts)
    raise FetchFailed("%(host)s answers with an error (%(status)d).", **facts)


def _retry_after(response: httpx.Response) -> float | None:
    """Seconds that the publisher asks for, as a number or as a date against its own clock."""
    value = response.headers.get("retry-after", "")
    if value.isdigit():
        return float(value)
    try:
        wanted, said = parsedate_to_datetime(value), parsedate_to_datetime(response.headers.get("date", ""))
    except (ValueError, TypeError):
        return None
    return max((_aware(wanted) - _aware(said)).total_seconds(), 0.0)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
