"""Requests that nobody sends by accident: bad bytes, dates, numbers and ids in every place that a request has.

A request is made for one rule of an application's address table. Its fields are those that the view's room reads, so
that most of them hold what the view wants and one or two hold what it does not.
"""

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

from flask import Request
from hypothesis import strategies as st
from sqlalchemy import Enum
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.routing import Rule
from werkzeug.test import EnvironBuilder

from radiodesk.core.database import Base

BAD_TEXTS = (
    "",
    " ",
    "\0",
    "a\0b",
    "\x01\x02\x1b[2J",
    "\x7f\x85",
    "\ufffe",
    "\uffff",
    "nama\uffffku",
    "\ud800",
    "kata \udfff putus",
    "\U0001ffff",
    "\u202egnp.exe",
    "\u200f\u200e\u061c",
    "\u2028\u2029",
    "e\u0301" * 40,
    "👨‍👩‍👧‍👦🇮🇩",
    "<script>alert(1)</script>",
    "{{ 7 * 7 }} %s %(x)s {0}",
    "' OR 1=1 --",
    "../../../../etc/passwd",
    "..\\..\\%2e%2e%2f",
    "\r\nSet-Cookie: a=b",
    "//contoh.example",
    "/\t/contoh.example",
    "A" * 100_000,
    "١٢٣",
    "²",
    "一",
    "MAJALAH1IO",
    "=cmd|' /C calc'!A0",
)
BAD_NUMBERS = (
    "0",
    "-1",
    "1e309",
    "NaN",
    "nan",
    "inf",
    "-inf",
    "1.5",
    "1_000",
    " 7 ",
    "+5",
    "2147483648",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775809",
    "9" * 400,
    "9" * 5000,
    "٣",
    "0x10",
)
BAD_DATES = (
    "0001-01-01",
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31",
    "9999-12-31T23:59Z",
    "9999-12-31T23:59:59-14:00",
    "2026-02-30",
    "2026-13-01",
    "1969-12-31T23:59:59Z",
    "2026-11-24T00:00:00",
    "2026-W48-2",
    "20261124",
    "24/11/2026",
    "00:00",
    "24:00",
    "99:99",
    "2026-11-24T00:00:00+99:99",
    "-0001-01-01",
)
BAD = (*BAD_TEXTS, *BAD_NUMBERS, *BAD_DATES)
GOOD = (
    "1",
    "2",
    "15",
    "yes",
    "ya",
    "2026-11-24",
    "08:00",
    "Lampu jalan padam",
    "0812 0000 0001",
    "5",
    "dishub",
    "call",
)

BAD_JSON: tuple[Any, ...] = (
    None,
    True,
    -1,
    1e308,
    float("nan"),
    float("inf"),
    10**400,
    [],
    {},
    [[]],
    {"id": None},
    "\ud800",
    "\0",
    "\uffff",
    *BAD_DATES,
)
BAD_BODIES = (
    b"",
    b"\xff\xfe\x00",
    b"{",
    b"[" * 100_000,
    b'"\\ud800"',
    b'{"id": "\\ud800", "text": "\\udfff", "from": "\\ud800"}',
    b"null",
    b"NaN",
    b"1" * 5000,
    b'{"a":' * 5000,
    b"\xef\xbb\xbf{}",
    "{}".encode("utf-16"),
)

HEADERS: Mapping[str, tuple[str, ...]] = {
    "Accept": ("application/json", "*/*;q=NaN", "text/html;q=2", "\xff/\xff", ",;,"),
    "Accept-Language": ("id", "xx-\xff", "*;q=nan", "en;q=1e999", "a" * 5000),
    "Range": (
        "bytes=0-",
        "bytes=-1",
        "bytes=9-1",
        "bytes=99999999999999999999-",
        "bytes=0-0,2-3",
        "kata=1",
        "bytes=a-b",
    ),
    "If-Range": ('"x"', "Mon, 01 Jan 0001 00:00:00 GMT", "\xff"),
    "Last-Event-ID": ("0", "-1", "9" * 30, "²", "NaN", "\xff"),
    "If-None-Match": ("*", '"x"', 'W/"x', '"\xff"', "," * 100, '"' * 99),
    "If-Modified-Since": ("Mon, 01 Jan 0001 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 -1400", "\xff", "0"),
    "If-Unmodified-Since": ("Mon, 01 Jan 0001 00:00:00 GMT", "x"),
    "Cookie": ("language=\xff", "language=xx", 'a="\\400"', "=;=;;", "desk_form=.eJ; language=id"),
    "Authorization": ("Bearer \xff", "Basic !!!", "Basic /w==", "Digest x", "Bearer", "Bearer " + "a" * 5000),
    "X-Forwarded-For": ("\xff", "999.1.1.1", "1.2.3.4, ::1%eth0", "," * 50),
    "X-Forwarded-Proto": ("https, http", "\xff"),
    "X-Hub-Signature-256": ("sha256=\xff", "sha256=zz", ""),
    "X-Requested-With": ("\xff",),
    "HX-Request": ("true",),
    "HX-Current-URL": ("http://[", "\xff"),
    "Referer": ("http://[::1", "\xff", "//"),
    "Origin": ("null", "http://[", "\xff"),
    "Host": ("localhost", "contoh.example:99999", "[::1"),
    "Content-Encoding": ("gzip", "\xff"),
    "Prefer": ("\xff",),
}
CONTENT_TYPES = (
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=utf-7",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "multipart/form-data; boundary=\xff",
    "application/json",
    "application/json; charset=\xff",
    "text/plain; charset=utf-16",
    "\xff/\xff; a=b=c; =",
    "",
)


class Listening(ImmutableMultiDict[str, str]):
    """Fields of a request that remember which of them a view asked for."""

    read: ClassVar[set[str]] = set()

    def __getitem__(self, name: str) -> str:
        self.read.add(name)
        return super().__getitem__(name)

    def getlist(self, name: str, *rest: Any) -> list[Any]:
        self.read.add(name)
        return super().getlist(name, *rest)


class ListeningRequest(Request):
    """A request whose fields remember."""

    parameter_storage_class = Listening


@dataclass(frozen=True)
class Asked:
    """One request, as it can be printed and sent again."""

    method: str
    rule: str
    values: dict[str, Any]
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    form: tuple[tuple[str, str], ...] = ()
    file: bytes | None = None
    body: bytes | None = None
    content_type: str = ""


def environ(asked: Asked, path: str) -> dict[str, Any]:
    """The request as a server hands it over: bytes of the path and of headers as Latin-1 text."""
    given: dict[str, Any] = {"method": asked.method, "query_string": asked.query}
    if asked.body is not None:
        given |= {"data": asked.body, "content_type": asked.content_type}
    elif asked.form or asked.file is not None:
        fields: MultiDict[str, Any] = MultiDict((name, _sendable(value)) for name, value in asked.form)
        if asked.file is not None:
            for name in ("file", "files", "suara"):
                fields.add(name, (BytesIO(asked.file), "suara\udc80.wav".encode("utf-8", "replace").decode()))
        given["data"] = fields
    builder = EnvironBuilder(path="/", **given)
    made = builder.get_environ()
    builder.close()
    made["PATH_INFO"] = path
    for name, value in asked.headers.items():
        made["HTTP_" + name.upper().replace("-", "_")] = value
    return made


def _sendable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def path_of(asked: Asked) -> str:
    """The address with its places filled, as WSGI spells it."""
    parts = re.sub(r"<(?:[^<>:]*(?:\([^)]*\))?:)?(\w+)>", lambda hit: str(asked.values[hit[1]]), asked.rule)
    return parts.encode("utf-8", "surrogatepass").decode("latin-1")


_READS = re.compile(
    r"""(?:field|number|moment|day|choice|ticked|last_moment|get|getlist|_moment)\(\s*(?:settings, )?"([\w.]+)\""""
)


_OF_A_REPORT = re.compile(r"^    (\w+): (?:Annotated|str|int|float|datetime|bool)", re.MULTILINE)


@cache
def fields_of(module: str) -> tuple[str, ...]:
    """The names that the views of a module's room read, from the source of the room."""
    parts = module.split(".")
    package = Path(str(sys.modules["radiodesk"].__file__)).parent
    folder = package / "rooms" / parts[2] if parts[1] == "rooms" else package / "web"
    names: set[str] = set()
    for path in sorted(folder.rglob("*.py")):
        text = path.read_text()
        names.update(_READS.findall(text))
        if path.name == "partner.py":
            names.update(_OF_A_REPORT.findall(text))
    return tuple(sorted(names))


def fitting(name: str) -> st.SearchStrategy[str]:
    """What a field of this name usually holds, right or wrong."""
    if re.search(r"date|until|tanggal|^at$|time|starts|sejak|since", name):
        return st.sampled_from((*BAD_DATES, *BAD_DATES, "2026-11-24", "08:00", "2026-11-24T08:00:00Z"))
    if re.search(
        r"number|minutes|seconds|expected|steps|hal|dari|version|deadline|channel|to|start|end|lat|lon|rate", name
    ):
        return st.sampled_from((*BAD_NUMBERS, "0", "1", "2", "5", "60"))
    return st.sampled_from((*BAD_TEXTS, "Lampu jalan padam"))


@cache
def chosen_names() -> tuple[str, ...]:
    """The values of every set of names that a column can hold."""
    kinds = [column.type for table in Base.metadata.tables.values() for column in table.columns]
    return tuple(sorted({str(name) for kind in kinds if isinstance(kind, Enum) for name in kind.enums}))


USUAL: Mapping[str, tuple[str, ...]] = {
    "kind": ("free", "bulletin", "script", "talk", "flow", "call", "name"),
    "flow": ("macet", "lancar"),
    "urgency": ("biasa", "segera"),
    "channel": ("phone", "walk_in", "1"),
    "category": ("penerangan_jalan",),
    "unit": ("dishub",),
    "phone": ("0812 0000 0001",),
    "date": ("2026-11-24",),
    "until": ("2026-11-24",),
    "time": ("08:00",),
    "starts": ("08:00",),
    "version": ("1", "2"),
    "expected": ("1",),
    "setuju": ("yes",),
    "pesan": ("Lampu jalan padam",),
    "url": ("http://127.0.0.1/umpan", "http://[::1"),
}


def usual_for(name: str, ids: tuple[str, ...]) -> tuple[str, ...]:
    """Right values for a field of this name."""
    if name in USUAL:
        return USUAL[name]
    if re.search(r"minutes|seconds|number|steps|deadline|rate|to", name):
        return ("1", "2", "15")
    if re.search(r"call|other|drop|script|programme|lapsit|item|into", name):
        return ids
    return ("Lampu jalan padam", "yes", "1", "")


def requests(
    rule: Rule, method: str, module: str, ids: tuple[str, ...], own: tuple[str, ...], read: frozenset[str] = frozenset()
) -> st.SearchStrategy[Asked]:
    """Requests for one rule, most of them near enough to right ones to come far.

    ``ids`` are those of everything that is there, ``own`` those of the things that the view's room keeps, ``read`` the
    names that the view was seen to read.
    """
    good = st.one_of(st.sampled_from(GOOD), st.sampled_from(ids), st.sampled_from(chosen_names()))
    free = st.text(st.characters(codec=None), max_size=30)
    bad = st.one_of(st.sampled_from(BAD), free)
    value = st.one_of(good, bad)
    names = fields_of(module) or ("text",)
    name = st.sampled_from(sorted(read) or names)
    name = st.one_of(name, name, name, st.sampled_from(names))
    pair = name.flatmap(lambda name: st.tuples(st.just(name), st.one_of(fitting(name), value)))
    pairs = st.lists(pair, min_size=1, max_size=4, unique_by=lambda one: one[0]).map(tuple)
    some = st.sampled_from(own or ids)
    place = st.one_of(
        some, some, some, st.sampled_from(ids), st.sampled_from(("1", "xml", "json", "docx", "id")), value
    )
    header = st.sampled_from(sorted(HEADERS)).flatmap(
        lambda name: st.tuples(st.just(name), st.sampled_from(HEADERS[name]))
    )
    headers = st.lists(header, max_size=3).map(dict)
    query = st.one_of(
        st.just(""),
        pairs.map(_query),
        pairs.map(_query),
        pairs.map(_query),
        st.sampled_from(("%", "%FF=%FF", "a=%ED%A0%80", "&&&==", "%00=%00", "hal=-1", "dari=99999999999999999999")),
    )
    values = st.fixed_dictionaries({name: _place(rule, name, place) for name in sorted(rule.arguments)})
    made: dict[str, Any] = {
        "method": st.just(method),
        "rule": st.just(rule.rule),
        "values": values,
        "query": query,
        "headers": headers,
    }
    if method in ("GET", "HEAD"):
        return st.builds(Asked, **made)
    usual = st.fixed_dictionaries({name: st.sampled_from(usual_for(name, ids)) for name in names})
    full = st.tuples(usual, pairs).map(lambda two: tuple({**two[0], **dict(two[1])}.items()))
    form = st.one_of(pairs, full, full)
    files = st.sampled_from(
        (None, None, None, b"", b"RIFF\xff\xff\xff\xffWAVEfmt ", b"\0" * 200, b"ID3" + b"\xff" * 50)
    )
    as_form = st.builds(Asked, **made, form=form, file=files)
    json_body = st.dictionaries(st.sampled_from(names), st.one_of(value, st.sampled_from(BAD_JSON)), max_size=6)
    body = st.one_of(st.sampled_from(BAD_BODIES), st.binary(max_size=60), json_body.map(_json))
    as_body = st.builds(Asked, **made, body=body, content_type=st.sampled_from(CONTENT_TYPES))
    return st.one_of(as_form, as_form, as_body)


def _place(rule: Rule, name: str, place: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    choices = re.search(rf"any\(([^)]*)\):{name}>", rule.rule)
    if choices:
        return st.one_of(st.sampled_from([one.strip(" '") for one in choices[1].split(",")]), place)
    return place


def _query(pairs: tuple[tuple[str, str], ...]) -> str:
    return "&".join(f"{name}={quote(value[:2000].encode('utf-8', 'surrogatepass'))}" for name, value in pairs)


def _json(value: Any) -> bytes:
    try:
        return json.dumps(value).encode()
    except (ValueError, RecursionError):
        return b"{}"
