"""Puts what was typed back into a page's form, and the reason why it was refused beside its field.

Works on the finished markup of a page, so that no template has to know of refusals. Knows no request: text in, text
out. The page is our own: what is read here was written by the templates.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape, unescape
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

PAGE = "_page"
"""The field that names the page of a form, in pages that stand at the address of the form itself."""
SECRETS = frozenset({"password", "again", "secret", "token", "code", "pin", "present", "kode"})
"""Fields that no page gives back."""
MESSAGE = "refusal"
"""The id of the sentence that says why."""

_APART = frozenset({"csrf_token", PAGE, "_draft", "version"})
_BARE = frozenset({"autofocus", "checked", "open", "selected"})
_PRESSED = frozenset({"submit", "button", "image", "reset"})
_CONTROLS = frozenset({"input", "select", "textarea", "button"})
_AROUND = frozenset({"form", "label", "details", "select", "textarea", "option"})


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it was sent and refused, with the sentences to be shown; ``values`` is ``None`` for an unread body."""

    address: str
    """The path that it was sent to."""
    values: Mapping[str, Sequence[str]] | None
    reason: str
    at: str | None
    """The field that is to be mended, where the refusal knows it."""
    files: frozenset[str] = frozenset()
    """Names of the fields that held files."""
    files_again: str = ""
    """What is said beside them: a page cannot give a file back."""
    heading: str = ""
    """What stands above words for which the page has no field any more."""


@dataclass(slots=True)
class _Tag:
    name: str
    attributes: dict[str, str | None]
    start: int
    end: int
    around: "list[_Tag]"
    closed: int = 0
    """Where what the element holds ends."""
    after: int = 0
    """Where the element ends."""
    options: "list[_Tag]" = field(default_factory=list)

    def is_post(self) -> bool:
        return (self.attributes.get("method") or "").lower() == "post"

    def is_hidden(self) -> bool:
        return self.name == "input" and self.attributes.get("type") == "hidden"

    def value(self) -> str:
        return self.attributes.get("value") or ""

    def written(self) -> str:
        """The tag as text."""
        parts = (
            name if value is None or name in _BARE else f'{name}="{escape(value)}"'
            for name, value in self.attributes.items()
        )
        return f"<{' '.join((self.name, *parts))}>"


@dataclass(slots=True)
class _Form:
    tag: _Tag
    controls: list[_Tag] = field(default_factory=list)

    def named(self, name: str) -> list[_Tag]:
        return [one for one in self.controls if one.attributes.get("name") == name]


class _Reader(HTMLParser):
    """Finds the forms of a page and where in its text each control stands."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.text = text
        self.tags: list[_Tag] = []
        self.main: int | None = None
        self._open: list[_Tag] = []
        self._lines = [0]
        for line in text.split("\n"):
            self._lines.append(self._lines[-1] + len(line) + 1)
        self.feed(text)
        self.close()

    def _at(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        start = self._at()
        end = start + len(self.get_starttag_text() or "")
        if tag == "main":
            self.main = end
        if tag == "option" and self._open and self._open[-1].name == "option":
            # The end of an option may be left out.
            self._close("option", start, start)
        found = _Tag(tag, dict(attrs), start, end, list(self._open), end, end)
        select = next((one for one in reversed(self._open) if one.name == "select"), None)
        if tag == "option" and select is not None:
            select.options.append(found)
        if tag in _AROUND:
            self._open.append(found)
        if tag in _AROUND | _CONTROLS or "autofocus" in found.attributes:
            self.tags.append(found)

    def handle_endtag(self, tag: str) -> None:
        if tag in _AROUND:
            start = self._at()
            self._close(tag, start, start + len(tag) + 3)

    def _close(self, name: str, start: int, end: int) -> None:
        while self._open and any(one.name == name for one in self._open):
            last = self._open.pop()
            last.closed, last.after = start, end
            if last.name == name:
                return

    def forms(self) -> list[_Form]:
        """The forms with their controls, also of those that stand elsewhere and name them."""
        forms = [_Form(one) for one in self.tags if one.name == "form"]
        by_id = {form.tag.attributes["id"]: form for form in forms if form.tag.attributes.get("id")}
        by_start = {form.tag.start: form for form in forms}
        for one in self.tags:
            inside = next((by_start[around.start] for around in reversed(one.around) if around.name == "form"), None)
            of = by_id.get(one.attributes["form"]) if "form" in one.attributes else inside
            if of is not None and one.name in _CONTROLS:
                of.controls.append(one)
        return forms


class _Edits:
    """Changes of a text, by place: words that are put in, and attributes of tags."""

    def __init__(self) -> None:
        self._put: list[tuple[int, int, str]] = []
        self._tags: dict[int, _Tag] = {}

    def put(self, at: int, text: str, until: int | None = None) -> None:
        """Words at a place, or instead of what stands there."""
        self._put.append((at, at if until is None else until, text))

    def change(self, tag: _Tag, **changes: str | None) -> None:
        """Attributes of a tag; ``None`` takes one away, an underscore stands for a hyphen."""
        for name, value in changes.items():
            if value is None:
                tag.attributes.pop(name.replace("_", "-"), None)
            else:
                tag.attributes[name.replace("_", "-")] = value
        self._tags[tag.start] = tag

    def apply(self, text: str) -> str:
        made = [*self._put, *((tag.start, tag.end, tag.written()) for tag in self._tags.values())]
        parts, at = [], 0
        # What is put before a tag comes before it.
        for start, end, put in sorted(made, key=lambda one: one[:2]):
            parts += [text[at:start], put]
            at = max(at, end)
        return "".join([*parts, text[at:]])


def holds_form(page: str, sent: Sent) -> bool:
    """Whether the page has a form that is sent to the same address."""
    return _chosen(_Reader(page).forms(), sent) is not None


def filled(page: str, sent: Sent, address: str) -> str:
    """The page, which stands at ``address``, with the refused form as it was sent.

    Where the page has that form no more, the reason and the words that were typed stand at the head of the page.
    Secrets and files are not given back, nor what the page itself knows (hidden fields, the version of a row).
    """
    reader, edits = _Reader(page), _Edits()
    forms = reader.forms()
    for tag in reader.tags:
        if "autofocus" in tag.attributes:
            edits.change(tag, autofocus=None)
    form = _chosen(forms, sent)
    if form is None:
        box = f'<section class="card refusal-box" role="alert">{_head(sent, _words(sent, set()))}</section>'
        edits.put(reader.main or 0, box)
    else:
        if sent.values is not None:
            _fill(form, sent.values, edits, page)
        _tell(form, sent, edits)
        edits.change(form.tag, data_refused=address)
    for one in forms:
        if one.tag.is_post():
            # The page stands at the address of the refused form, so that nothing may be left to its own address.
            edits.change(one.tag, action=one.tag.attributes.get("action") or address)
            edits.put(one.tag.end, f'<input type="hidden" name="{PAGE}" value="{escape(address)}">')
    return edits.apply(page)


def _chosen(forms: Iterable[_Form], sent: Sent) -> _Form | None:
    """Of the forms that are sent to the address, the one that holds what was sent."""
    fitting = [form for form in forms if form.tag.is_post() and sent.address in _addresses(form)]
    return max(fitting, key=lambda form: _likeness(form, sent), default=None)


def _addresses(form: _Form) -> set[str]:
    given = [form.tag.attributes.get("action"), *(one.attributes.get("formaction") for one in form.controls)]
    return {unquote(urlsplit(one).path) for one in given if one}


def _likeness(form: _Form, sent: Sent) -> int:
    values = sent.values or {}
    likeness = 0
    for one in form.controls:
        name = one.attributes.get("name") or ""
        if name in values and name not in _APART:
            likeness += 1
            if one.is_hidden() and one.value():
                likeness += 4 if one.value() in values[name] else -4
    return likeness


def _fill(form: _Form, values: Mapping[str, Sequence[str]], edits: _Edits, page: str) -> None:
    left = {name: list(some) for name, some in values.items()}
    for one in form.controls:
        name, kind = one.attributes.get("name") or "", (one.attributes.get("type") or "text").lower()
        if not name or name in _APART or "disabled" in one.attributes or one.name == "button" or kind in _PRESSED:
            continue
        given = left.get(name, [])
        if name in SECRETS or kind in ("password", "file"):
            if kind != "hidden":
                edits.change(one, value=None)
        elif one.name == "select":
            _choose(one, given, edits, page)
        elif one.name == "textarea":
            words = _next(given)
            # The first line end of a textarea is dropped by browsers.
            edits.put(one.end, ("\n" if words[:1] in ("\r", "\n") else "") + escape(words), until=one.closed)
        elif kind in ("checkbox", "radio"):
            edits.change(one, checked="" if (one.value() or "on") in given else None)
        elif kind != "hidden":
            edits.change(one, value=_next(given))
        elif given and not one.value():
            # What the page knows by itself stays; what a script had put into the field comes back.
            edits.change(one, value=given[0])


def _choose(select: _Tag, given: Sequence[str], edits: _Edits, page: str) -> None:
    values = [one.attributes.get("value", unescape(page[one.end : one.closed]).strip()) for one in select.options]
    if not set(values) & set(given):
        return
    for one, value in zip(select.options, values, strict=True):
        edits.change(one, selected="" if value in given else None)


def _tell(form: _Form, sent: Sent, edits: _Edits) -> None:
    """Say beside the field what is to be mended, or at the head of the form where no field is known."""
    wrong = next((one for one in form.named(sent.at or "") if not one.is_hidden() and one.name != "button"), None)
    words = _words(sent, {one.attributes.get("name") or "" for one in form.controls})
    if wrong is None:
        edits.put(form.tag.end, f'<div class="refusal-box" role="alert">{_head(sent, words)}</div>')
    else:
        about = f"{wrong.attributes.get('aria-describedby') or ''} {MESSAGE}".strip()
        edits.change(wrong, aria_invalid="true", aria_describedby=about, autofocus="")
        sentence = f'<span class="refusal" id="{MESSAGE}" role="alert">{escape(sent.reason)}</span>'
        edits.put(_behind(wrong), sentence)
        if words:
            edits.put(form.tag.end, f'<div class="refusal-box">{words}</div>')
    for one in form.controls:
        if one.attributes.get("type") == "file" and one.attributes.get("name") in sent.files:
            edits.put(_behind(one), f'<span class="refusal">{escape(sent.files_again)}</span>')
    for around in {one.start: one for one in [*form.tag.around, *(wrong.around if wrong else [])]}.values():
        if around.name == "details":
            edits.change(around, open="")


def _next(given: list[str]) -> str:
    return given.pop(0) if given else ""


def _behind(one: _Tag) -> int:
    """Where a sentence about a control may stand: behind its label, so that it does not become a part of its name."""
    label = next((around for around in reversed(one.around) if around.name == "label"), None)
    return (label or one).after


def _words(sent: Sent, shown: set[str]) -> str:
    """What was typed for which there is no field."""
    lost = [
        value
        for name, values in (sent.values or {}).items()
        if name not in shown | SECRETS | _APART
        for value in values
        if value.strip()
    ]
    if not lost:
        return ""
    return f"<b>{escape(sent.heading)}</b>" + "".join(f'<pre class="typed">{escape(value)}</pre>' for value in lost)


def _head(sent: Sent, words: str) -> str:
    return f'<p class="refusal" id="{MESSAGE}" tabindex="-1" autofocus>{escape(sent.reason)}</p>{words}'
