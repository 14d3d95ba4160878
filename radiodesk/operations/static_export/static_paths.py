"""Which file of an export holds what the public site has at an address. Addresses without a file are not exported."""

import re
from functools import lru_cache
from urllib.parse import parse_qsl, urlsplit

_FILES = re.compile(
    r"/(?:(?:siaran/[0-9A-Za-z-]{1,36}/(?:bagian/\d+(?:\.vtt|\.srt|\.json|/bab\.json)|suara/\d+\.(?:mp3|opus)|"
    r"siaran\.(?:txt|json|jsonld)|manifes\.txt|dikecualikan\.csv))"
    r"|data/(?:siaran\.json|siaran\.csv|dikecualikan\.csv|buku-besar\.jsonl)"
    r"|log/(?:checkpoint|cosigned|kunci|tile/[0-9a-z./]+|bukti/[^/]+\.tlog-proof))"
)
_FEED = re.compile(r"/(umpan)\.(rss|atom|json)")
_BROADCAST = re.compile(r"/(siaran/[0-9A-Za-z-]{1,36})")
_REGISTER = re.compile(r"/(siaran/[0-9A-Za-z-]{1,36}/dikecualikan)")
_PART = re.compile(r"/(siaran/[0-9A-Za-z-]{1,36}/bagian/\d+)")
_STATIC = re.compile(r"/static/[0-9a-f]+/(.+)")


@lru_cache(maxsize=4096)
def file_of(address: str, language: str, first: str) -> str | None:
    """The file, below the folder, of a path with its query. Pages in another language than the ``first`` have a folder
    of their own; what programs read is there once.
    """
    path, query = _parts(address)
    page = _page(path, query)
    if page is not None:
        return page if language == first else f"{language}/{page}"
    return _plain(path, query)


def _parts(address: str) -> tuple[str, dict[str, str]]:
    parts = urlsplit(address)
    return parts.path, dict(parse_qsl(parts.query, keep_blank_values=True))


def _page(path: str, query: dict[str, str]) -> str | None:
    if path == "/":
        number = query.pop("hal", "1")
        return None if query or not number.isdigit() else "index.html" if number == "1" else f"daftar-{number}.html"
    if path in ("/data", "/log/"):
        return f"{path.strip('/')}/index.html"
    if found := _BROADCAST.fullmatch(path):
        return f"{found[1]}/index.html"
    if found := _REGISTER.fullmatch(path):
        return f"{found[1]}.html"
    if found := _PART.fullmatch(path):
        begins = query.get("dari", "0")
        return f"{found[1]}.html" if begins == "0" else f"{found[1]}-{begins}.html" if begins.isdigit() else None
    return None


def _plain(path: str, query: dict[str, str]) -> str | None:
    if found := _FEED.fullmatch(path):
        number = query.get("hal", "1")
        return None if not number.isdigit() else f"{found[1]}{'' if number == '1' else f'-{number}'}.{found[2]}"
    if found := _STATIC.fullmatch(path):
        return f"static/{found[1]}"
    return path.removeprefix("/") if _FILES.fullmatch(path) else None


def relative(target: str, page: str) -> str:
    """How a page names another file of the same export."""
    there, here = target.split("/"), page.split("/")[:-1]
    shared = 0
    for one, other in zip(there[:-1], here, strict=False):
        if one != other:
            break
        shared += 1
    return "/".join([".."] * (len(here) - shared) + there[shared:])
