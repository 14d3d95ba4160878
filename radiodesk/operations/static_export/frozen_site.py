"""The public site, asked without a server: the same views and templates, as a copy that nobody can write to."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from flask import Flask

from radiodesk.core.errors import Refusal
from radiodesk.http.request import Station
from radiodesk.operations.static_export.page_links import with_links
from radiodesk.operations.static_export.static_paths import file_of, relative
from radiodesk.web.public_site import LANGUAGE_COOKIE, Frozen, create_public


@dataclass(frozen=True, slots=True)
class Address:
    """A path of the site with its query, in a language."""

    path: str
    language: str


class Changed(Exception):
    """Something was published or withdrawn while the export was made."""


class FrozenSite:
    """Answers for addresses, as bytes of the files of an export."""

    def __init__(self, station: Station, *, searchable: bool) -> None:
        self._app: Flask = create_public(station, Frozen(searchable))
        self._base = station.settings.public_address
        self.first = station.settings.language

    def file_of(self, address: Address) -> str | None:
        """The file that an address becomes."""
        return file_of(address.path, address.language, self.first)

    def page(self, address: Address) -> tuple[bytes, list[Address]]:
        """A page with its links as files, and the addresses that it leads to."""
        file, led_to = self.file_of(address), []

        def found(target: str) -> str | None:
            wanted = _of_language(target, address.language)
            other = self.file_of(wanted)
            if other is None or file is None:
                return None
            led_to.append(wanted)
            return relative(other, file)

        text = b"".join(self.read(address)).decode()
        return with_links(text, found).encode(), led_to

    def read(self, address: Address) -> Iterator[bytes]:
        """What stands at an address, in pieces.

        Raises ``Changed`` for what is not there any more, and a refusal for what the site could not answer.
        """
        cookie = {"Cookie": f"{LANGUAGE_COOKIE}={address.language}"}
        answer = self._app.test_client(use_cookies=False).get(address.path, base_url=self._base, headers=cookie)
        try:
            if answer.status_code in (404, 410):
                raise Changed(address.path)
            if answer.status_code != 200:
                raise Refusal("The page %(page)s could not be made. Please try again.", page=address.path)
            yield from answer.iter_encoded()
        finally:
            answer.close()


def _of_language(target: str, language: str) -> Address:
    """An address that a page leads to; one that chooses a language is the same page in that language."""
    parts = urlsplit(target)
    if parts.path.startswith("/bahasa/"):
        return Address(parse_qs(parts.query).get("ke", ["/"])[0], parts.path.removeprefix("/bahasa/"))
    return Address(target, language)
