"""The forms of an application's pages as a person with a browser meets them: found by following links."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException

WRITES = frozenset({"text", "search", "tel", "url", "email", ""})
AT_MOST = 12
"""Pages of one kind that are looked at: enough for every state that a thing can have."""


@dataclass
class Control:
    name: str
    tag: str
    kind: str
    value: str = ""
    chosen: bool = False
    attributes: dict[str, str | None] = field(default_factory=dict)

    def takes_words(self) -> bool:
        """Whether a person types words into it."""
        return self.tag == "textarea" or (self.tag == "input" and self.kind in WRITES)


@dataclass
class PageForm:
    page: str
    action: str
    upload: bool
    controls: list[Control] = field(default_factory=list)
    attributes: dict[str, str | None] = field(default_factory=dict)
    drafted: bool = False
    """Whether what is typed into it and not sent is kept for the person (``js/drafts.js``)."""

    def values(self) -> dict[str, list[str]]:
        """What a browser would send if nobody touched it."""
        sent: dict[str, list[str]] = {}
        for one in self.controls:
            if one.name and one.chosen:
                sent.setdefault(one.name, []).append(one.value)
        return sent


class Reader(HTMLParser):
    """Forms and links of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.forms, self.links = page, list[PageForm](), list[str]()
        self._form: PageForm | None = None
        self._select: Control | None = None
        self._text: Control | None = None
        self._first = False
        self._named = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.links += [link for name in ("href", "data-src", "hx-get") if (link := given.get(name))]
        if tag == "form":
            self._form = None
            # One that is hidden is filled in and sent by a script, to an address that it alone knows.
            if (given.get("method") or "").lower() == "post" and "hidden" not in given:
                upload = (given.get("enctype") or "").startswith("multipart")
                self._form = PageForm(
                    self.page, urljoin(self.page, given.get("action") or ""), upload, attributes=given
                )
                self.forms.append(self._form)
        elif self._form is not None:
            self._control(tag, given)

    def _control(self, tag: str, given: dict[str, str | None]) -> None:
        assert self._form is not None
        name, value = given.get("name") or "", given.get("value") or ""
        self._form.drafted |= (tag == "textarea" or "data-draft" in given) and "data-no-draft" not in (
            self._form.attributes
        )
        if tag == "input":
            kind = (given.get("type") or "").lower()
            ticks = kind in ("checkbox", "radio")
            chosen = "checked" in given if ticks else kind not in ("submit", "image", "button", "reset", "file")
            self._form.controls.append(Control(name, tag, kind, value or ("on" if ticks else ""), chosen, given))
        elif tag == "textarea":
            self._first = True
            self._text = Control(name, tag, "", "", chosen=True, attributes=given)
            self._form.controls.append(self._text)
        elif tag == "select":
            self._select = Control(name, tag, "", attributes=given)
            self._form.controls.append(self._select)
        elif tag == "option" and self._select is not None and ("selected" in given or not self._select.chosen):
            self._select.value, self._select.chosen = value, True
            self._named = "value" in given

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._text = None

    def handle_data(self, data: str) -> None:
        if self._select is not None and not self._named and not self._select.value:
            # An option without a value is sent as its words.
            self._select.value = data.strip()
        if self._text is not None:
            # As browsers do: the first line end of a textarea is none of its words.
            self._text.value += data.removeprefix("\n") if self._first else data
            self._first = False


def read(page: str, text: str) -> Reader:
    """The forms and links of the page at an address."""
    reader = Reader(page)
    reader.feed(text)
    return reader


def forms_of(app: Flask, client: FlaskClient) -> Iterator[PageForm]:
    """Every form that is sent by POST on every page that the client's links lead to, a form of each kind a page."""
    adapter = app.url_map.bind("localhost")
    waiting = [rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments]
    seen, looked = set(waiting), Counter[str]()
    while waiting:
        address = waiting.pop(0)
        try:
            rule, _ = adapter.match(urlsplit(address).path, method="GET", return_rule=True)
        except HTTPException:
            continue
        if rule.endpoint in ("live.stream", "static", "accounts.sign_in_form") or looked[rule.rule] >= AT_MOST:
            continue
        looked[rule.rule] += 1
        with client.get(address) as answer:
            if answer.status_code != 200 or answer.mimetype != "text/html":
                continue
            found = read(address, answer.get_data(as_text=True))
        yield from found.forms
        for link in found.links:
            there = urljoin(address, link).partition("#")[0]
            if there.startswith("/") and there not in seen:
                seen.add(there)
                waiting.append(there)


def rule_of(app: Flask, action: str) -> str:
    """The rule that an address to send to belongs to."""
    rule, _ = app.url_map.bind("localhost").match(urlsplit(action).path, method="POST", return_rule=True)
    return str(rule.rule)
