"""A bucket of an S3 server as a store, through obstore: what is asked, how long it may take, what counts as whole.

No request is without a limit of time. Objects are read in parts, each a request of its own, so that one that is slow
is given up and no reader waits for all of it; a part that comes short is asked for once more and then refused. What is
put carries its SHA-256 as metadata, and counts as put when the server tells its size and its sum back.

obstore is imported with the first request: a process that asks the store for nothing does not load it.
"""

import hashlib
import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from io import BufferedReader, BytesIO, RawIOBase
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Self, cast

from radiodesk.core.errors import Refusal
from radiodesk.core.i18n import gettext
from radiodesk.core.stores.object_keys import checked
from radiodesk.core.stores.ports import KeyInvalid, NoSuchObject, ObjectSpoilt, Stat, StoreSetup, StoreUnavailable
from radiodesk.core.stores.s3_options import S3Options, s3_options
from radiodesk.core.stores.signed_parts import Part, part_by_link

if TYPE_CHECKING:
    from obstore.store import S3Store

log = logging.getLogger(__name__)

NAME = "s3"
SUM = "sha256"
"""The metadata (``x-amz-meta-sha256``) under which an object's checksum is kept."""
BESIDE = ".sums"
"""The prefix below which the checksums lie where the server forgets metadata; no key of an object begins so."""
READ_PART = 1 << 20
"""Bytes that one request reads: at 100 kB a second within the usual time."""
PUT_PART = 8 << 20
"""Bytes of a part of a large object; one of up to so many is put in one request."""
MOST_PARTS = 9_000
"""S3 takes 10,000."""
_RETRIES = 2

_STATUS = re.compile(r"status code: (\d{3})")
_NOT_PARTIAL = "non-partial response"


class S3Bucket:
    """Gives and takes objects below a prefix of one bucket."""

    name = NAME

    def __init__(self, options: S3Options) -> None:
        self._options = options
        self._guard = threading.Lock()
        self._clients: dict[str, S3Store] = {}
        self._by_link = False
        """Whether this server answers a part with the wrong status, so that obstore does not take it."""

    @classmethod
    def set_up(cls, setup: StoreSetup) -> Self:
        return cls(s3_options(setup.options))

    def __repr__(self) -> str:
        return f"S3Bucket({self._options.bucket!r})"

    def put(self, key: str, file: Path) -> None:
        try:
            self._put(key, file)
        except NoSuchObject:
            raise StoreUnavailable(
                "The S3 server knows no bucket %(bucket)s. Make it, or name another in the setting stores.",
                bucket=self._options.bucket,
            ) from None

    def _put(self, key: str, file: Path) -> None:
        import obstore

        with file.open("rb") as opened, self._asking(key):
            digest, size = hashlib.file_digest(opened, "sha256").hexdigest(), opened.tell()
            opened.seek(0)
            obstore.put(
                self._client("write"),
                key,
                opened,
                attributes={"Content-Type": "application/octet-stream", SUM: digest},
                use_multipart=size > PUT_PART,
                chunk_size=max(PUT_PART, -(-size // MOST_PARTS)),
                # In order: some servers take parts in no other, and a link that is slow is not shared out.
                max_concurrency=1,
            )
            if self._options.sums_beside:
                obstore.put(self._client("write"), f"{BESIDE}/{key}", digest.encode())
        kept = self._told_after(key, size)
        if kept.size != size:
            raise _part_only(key, kept.size, size)
        if kept.sha256 not in (None, digest):
            raise ObjectSpoilt(key)

    def _told_after(self, key: str, size: int) -> Stat:
        try:
            return self.stat(key)
        except NoSuchObject:
            raise _part_only(key, 0, size) from None

    def open(self, key: str, first: int = 0, length: int | None = None) -> BinaryIO:
        if length == 0:
            self.stat(key)
            return BytesIO()
        begin = self.part(key, first, READ_PART if length is None else min(length, READ_PART))
        end = begin.size if length is None else min(begin.size, first + length)
        if first == 0 and end == begin.size:
            begin = replace(begin, sum=self._sum(key, begin.sum))
        return cast(BinaryIO, BufferedReader(_Parts(self, key, begin, first, end), 1 << 16))

    def part(self, key: str, first: int, length: int, tag: str | None = None) -> Part:
        """Bytes of an object from ``first`` on, as many as asked for or as there are; ``tag`` as of the part before."""
        found = self._ask_part(key, first, length, tag)
        if len(found.data) != _due(found, first, length):
            # What came short comes whole as a rule when it is asked for again; what timed out would only time out.
            found = self._ask_part(key, first, length, tag)
            if len(found.data) != _due(found, first, length):
                raise _part_only(key, len(found.data), _due(found, first, length))
        return found

    def _ask_part(self, key: str, first: int, length: int, tag: str | None) -> Part:
        import obstore

        with self._asking(key):
            if not self._by_link:
                try:
                    asked = {"range": (first, first + length), **({"if_match": tag} if tag else {})}
                    got = obstore.get(self._client("read"), key, options=cast(Any, asked))
                    size, held = got.meta["size"], got.meta["e_tag"]
                    return Part(bytes(got.bytes()), size, held, got.attributes.get(SUM))
                except obstore.exceptions.BaseError as error:
                    if _NOT_PARTIAL in str(error):
                        self._by_link = True
                    elif _status(error) != 416:
                        raise
            if self._by_link:
                link = obstore.sign(self._client("read"), "GET", key, timedelta(minutes=5))
                found = part_by_link(link, key, first, length, tag, SUM, self._options.read_seconds)
                if found is not None:
                    return found
        told = self.stat(key)
        if first < told.size:
            raise _part_only(key, 0, min(length, told.size - first))
        return Part(b"", told.size, None, told.sha256)

    def stat(self, key: str) -> Stat:
        import obstore

        with self._asking(key):
            got = obstore.get(self._client("read"), key, options={"head": True})
            return Stat(key, got.meta["size"], got.meta["last_modified"], self._sum(key, got.attributes.get(SUM)))

    def _sum(self, key: str, told: str | None) -> str | None:
        """The SHA-256 of an object: as its metadata tell it, else as it lies beside, where it does."""
        if told is not None or not self._options.sums_beside:
            return told
        try:
            return self._ask_part(f"{BESIDE}/{key}", 0, 64, None).data.decode("ascii", "replace")
        except NoSuchObject:
            return None

    def delete(self, key: str) -> None:
        import obstore

        try:
            with self._asking(key):
                obstore.delete(self._client("read"), key)
                if self._options.sums_beside:
                    obstore.delete(self._client("read"), f"{BESIDE}/{key}")
        except NoSuchObject:
            return

    def list(self, prefix: str) -> Iterator[Stat]:
        import obstore

        found = []
        with self._asking(prefix):
            for some in obstore.list(self._client("read"), prefix=prefix):
                found += [Stat(one["path"], one["size"], one["last_modified"]) for one in some]
        # A folder that a console made, and what another program left, are none of ours.
        ours = [one for one in found if one.key.startswith(f"{prefix}/") and _is_key(one.key)]
        yield from sorted(ours, key=lambda one: one.key)

    def _client(self, use: str) -> "S3Store":
        """obstore's client for reading, or for writing, which may take longer."""
        with self._guard:
            if use not in self._clients:
                self._clients[use] = _client(self._options, use)
            return self._clients[use]

    @contextmanager
    def _asking(self, key: str) -> Iterator[None]:
        """Give what obstore raises its name. Its words stand in the log alone: no header and no key is in them."""
        try:
            yield
        except Refusal:
            raise
        except FileNotFoundError as error:
            raise NoSuchObject(key) from error
        except Exception as error:
            log.warning("The bucket %s failed on %s: %s", self._options.bucket, key, str(error).partition("\n")[0])
            raise StoreUnavailable(
                "The store %(store)s cannot be used now (%(reason)s). Please try again in a moment.",
                store=NAME,
                reason=_reason(error),
            ) from error


def _client(options: S3Options, use: str) -> "S3Store":
    from obstore.store import S3Store

    given: dict[str, Any] = {}
    if options.access_key is not None and options.secret_key is not None:
        # Given as a whole: what else the environment says of keys is not for these.
        keys = {
            "access_key_id": options.access_key.get_secret_value(),
            "secret_access_key": options.secret_key.get_secret_value(),
            "token": options.session_token.get_secret_value() if options.session_token else None,
            "expires_at": None,
        }
        given["credential_provider"] = lambda: keys
    if options.endpoint:
        given["endpoint"] = options.endpoint
    if options.checksum:
        given["checksum_algorithm"] = "SHA256"
    seconds = options.read_seconds if use == "read" else options.write_seconds
    return S3Store(
        options.bucket,
        prefix=options.prefix or None,
        region=options.region,
        skip_signature=False,
        virtual_hosted_style_request=not options.path_style,
        client_options={
            "connect_timeout": timedelta(seconds=options.connect_seconds),
            "timeout": timedelta(seconds=seconds),
            "allow_http": (options.endpoint or "").startswith("http://"),
        },
        retry_config={
            "max_retries": _RETRIES,
            # What timed out is not asked for again: the outbox, the job or the person does that.
            "retry_timeout": timedelta(seconds=seconds),
            "backoff": {"init_backoff": timedelta(seconds=0.1), "max_backoff": timedelta(seconds=1), "base": 2},
        },
        **given,
    )


@dataclass
class _Whole:
    """What is known of an object that is read from its first byte to its last."""

    sum: str
    seen: Any


class _Parts(RawIOBase):
    """The bytes of an object from ``first`` up to ``end``, part by part as they are wanted.

    The last of them are given only when the sum of all fits, where all are read and the sum is known.
    """

    def __init__(self, bucket: S3Bucket, key: str, begin: Part, first: int, end: int) -> None:
        self._bucket, self._key, self._tag, self._end = bucket, key, begin.tag, end
        self._size = begin.size
        whole = first == 0 and end == begin.size and begin.sum is not None
        self._whole = _Whole(begin.sum or "", hashlib.sha256()) if whole else None
        self._next = first
        self._held = memoryview(b"")
        self._take(begin.data)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        if not self._held and self._next < self._end:
            part = self._bucket.part(self._key, self._next, min(READ_PART, self._end - self._next), self._tag)
            if part.size != self._size:
                # Another object was put under the key meanwhile.
                raise ObjectSpoilt(self._key)
            self._take(part.data)
        count = min(len(buffer), len(self._held))
        buffer[:count] = self._held[:count]
        self._held = self._held[count:]
        return count

    def _take(self, data: bytes) -> None:
        self._next += len(data)
        if self._whole is not None:
            self._whole.seen.update(data)
            if self._next >= self._end and self._whole.seen.hexdigest() != self._whole.sum:
                raise ObjectSpoilt(self._key)
        self._held = memoryview(data)


def _due(part: Part, first: int, length: int) -> int:
    """Bytes that a part must have."""
    return max(0, min(length, part.size - first))


def _is_key(key: str) -> bool:
    try:
        checked(key.partition("/")[2])
    except KeyInvalid:
        return False
    return True


def _status(error: Exception) -> int | None:
    found = _STATUS.search(str(error))
    return int(found[1]) if found else None


def _reason(error: Exception) -> str:
    """Why, in a word or two that tell nothing of the request."""
    status = _status(error)
    return f"HTTP {status}" if status else gettext("no answer")


def _part_only(key: str, read: int, size: int) -> StoreUnavailable:
    return StoreUnavailable("The store gave %(read)s of the %(size)s bytes of %(key)s.", read=read, size=size, key=key)
