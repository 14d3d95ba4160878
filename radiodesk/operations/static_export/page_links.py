"""The links of a page, turned into names of files beside it. All else of the page stays as it was, byte for byte."""

import re
from collections.abc import Callable
from html import escape, unescape
from urllib.parse import urlsplit

# The templates quote every attribute, and neither escaped words nor JSON can hold a name with an open quote behind it.
_OWN = re.compile(r'\s(href|src|action|poster)="(/(?!/)[^"]*)"')


def with_links(page: str, found: Callable[[str], str | None]) -> str:
    """The page with each address of this site as ``found`` names it; a link that gets no name loses its address."""

    def written(link: re.Match[str]) -> str:
        parts = urlsplit(unescape(link[2]))
        target = found(f"{parts.path}?{parts.query}" if parts.query else parts.path)
        if target is None:
            return ""
        return f' {link[1]}="{escape(f"{target}#{parts.fragment}" if parts.fragment else target)}"'

    return _OWN.sub(written, page)
