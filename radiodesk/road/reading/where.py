"""Where a post says something is, and toward where: the wording between the words that lead to a place and end it."""

import re
from functools import cached_property

from radiodesk.language.places.dictionaries import load_words
from radiodesk.road.reading.road_words import Dictionaries
from radiodesk.road.reading.tokens import ENDERS, Post

LONGEST = 20
"""Words of the longest name."""

BESIDE = frozenset({"depan", "belakang", "dekat", "seberang", "samping"})

_OPEN, _CLOSE = "(", ")"
_CROSSINGS = frozenset({"simpang", "pertigaan", "perempatan"})
_NUMBERS = frozenset({"dua", "tiga", "empat", "lima", "enam"})
_VERB = re.compile(r"(?:mem|men|di)[a-z]{4,}$")
"""How verbs begin; names of places that do are no everyday words."""

_DOING = re.compile(r"(?:me|di)[a-z]{3,}kan$")
"""Verbs that no place is called like."""

_JOINERS = frozenset("./-–—+&'’:")


class Where:
    """Reads the places of one post. Ranges of words are kept so that others can see what was used."""

    def __init__(self, post: Post, known: Dictionaries, marks: frozenset[int] = frozenset()) -> None:
        self.post, self.known, self.marks = post, known, marks
        self.words = post.words
        self.size = len(post.words)

    def at(self) -> str | None:
        """The place's wording: after "di" and the like, else where a kind of place stands, else after "lalu lintas"."""
        return self._text(*self._span) if self._span else None

    def beside(self) -> str:
        """How it lies to the place that ``at`` names ("depan", "dekat"), where the post says so."""
        before = self.words[self._span[0] - 1] if self._span and self._span[0] else ""
        return before if before in BESIDE else ""

    @cached_property
    def _span(self) -> tuple[int, int] | None:
        first = self._first_kind()
        if first is not None and self._opens(first[0]):
            return first
        return self._after("di") or first or self._after(*self.known.at) or self._after_subject() or self._whence()

    def name_at(self, start: int) -> tuple[int, int] | None:
        """The range of the name that begins at a word, past "jalan", "arah" and the like that may stand before it."""
        return self._name(self._skip_near(start)) if start < self.size else None

    @property
    def place_span(self) -> tuple[int, int] | None:
        """The range of words that ``at`` took."""
        return self._span

    def by_kind(self, wording: str | None) -> bool:
        """Whether a wording begins with a kind of road or place ("Jl. Veteran", "Simpang Jetak")."""
        first = (wording or "").replace(".", " ").split()[:1]
        return (
            bool(first) and self.known.spelling.get(first[0].lower(), first[0].lower()).split()[0] in self.known.kinds
        )

    def _after(self, *leads: str) -> tuple[int, int] | None:
        """The first name behind one of the words; behind "di" only where it leads to a place."""
        for index, word in enumerate(self.words):
            if word in leads and not (word == "di" and self._aside(index)):
                span = self._name(self._skip_near(index + 1))
                if span:
                    return span
        return None

    def _whence(self) -> tuple[int, int] | None:
        """Of "lalu lintas dari A menuju B" the A: where the stretch begins."""
        for index, word in enumerate(self.words):
            if word == "dari":
                start = index + 1
                while start < self.size and self.words[start] in self.known.toward:
                    start += 1
                return self._name(start)
        return None

    def _first_kind(self) -> tuple[int, int] | None:
        """The first name of two words or more that begins with a kind of place and is no direction."""
        for index in range(self.size):
            if index + 1 < self.size and self.words[index + 1] == ":":
                continue  # "Info jalan: Ruas Ngasem - Dander longsor"
            if self._is_kind(index) and not self._behind_direction(index) and index not in self.marks:
                span = self._name(index)
                if span and span[1] - span[0] > 1:
                    return span
        return None

    def _opens(self, index: int) -> bool:
        """Whether nothing but the time and "info lalu lintas" stands before."""
        return all(
            not word[0].isalpha()
            or word in self.known.before
            or word in ("wib", "lalu", "info", "update", "terkini", "situasi")
            for word in self.words[:index]
        )

    def toward(self) -> tuple[str, ...]:
        """Where the traffic in question goes, each wording once, in the order of the text."""
        found: list[str] = []
        index = 0
        while index < self.size:
            if self.words[index] not in self.known.toward or self._from(index):
                index += 1
                continue
            start = index + 1
            while start < self.size and (
                self.words[start] in ("ke", "di", _OPEN) or self.words[start] in self.known.toward
            ):
                start += 1
            span = self._name(start, direction=True)
            while span:
                wording = self._text(*span)
                if wording and wording not in found:
                    found.append(wording)
                after = span[1]
                span = None
                if (
                    after + 1 < self.size
                    and self.words[after] in ("dan", "&", ",")
                    and not self._starts_clause(after + 1)
                    and self._as_written(start, after + 1)
                ):
                    span = self._name(after + 1, direction=True)
            index = start
        return tuple(found)

    def _from(self, index: int) -> bool:
        """Whether the direction word belongs to "dari arah X", which gives the origin."""
        return index > 0 and self.words[index] == "arah" and self.words[index - 1] == "dari"

    def _as_written(self, first: int, index: int) -> bool:
        """Whether a further direction is written like the first: "arah Babat, Lamongan", not "arah Babat, jalan licin".

        In a post without capitals a word of everyday talk is none.
        """
        if self._upper(first):
            return self._upper(index)
        return self.words[index] in self.known.compass or self.words[index] not in load_words().common

    def _starts_clause(self, index: int) -> bool:
        word = self.words[index]
        return word in self.known.stop or word in self.known.toward or index in self.marks

    def _aside(self, index: int) -> bool:
        """ "di" that leads to no place: "di semua kaki", "di tengah", "di pagi hari"."""
        follows = self.words[index + 1] if index + 1 < self.size else ""
        return follows in self.known.aside and not (follows == "jalur" and self._upper(index + 2))

    def _upper(self, index: int) -> bool:
        if index >= self.size:
            return False
        return self.post.text[self.post.starts[index]].isupper()

    def _is_kind(self, index: int) -> bool:
        if self.words[index] not in self.known.kinds:
            return False
        return not (
            self.words[index] == "jalan"
            and index
            and self.words[index - 1] in ("pengguna", "bisa", "perbaikan", "bahu", "badan", "pengaspalan")
        )

    def _behind_direction(self, index: int) -> bool:
        before = self.words[index - 1] if index else ""
        return before in self.known.toward or before in (
            "ke",
            "dari",
            "via",
            "lewat",
            "melalui",
            "hindari",
            "dan",
            "maupun",
        )

    def _skip_near(self, index: int) -> int:
        """Past words that stand between "di" and the name: "sekitar", "depan", "lokasi"."""
        while index < self.size and (self.words[index] in self.known.near or self.words[index] == "di"):
            index += 1
        return index

    def _after_subject(self) -> tuple[int, int] | None:
        """The name that follows "lalu lintas", "arus", "macet" directly, else the name at the head of the post."""
        for index in range(self.size - 1):
            if self.words[index] in self.known.before and self.words[index + 1] not in self.known.before:
                start = self._skip_near(index + 1)
                if start < self.size and (span := self._name(start)):
                    return span
        head = 0
        while head < self.size and not self.words[head][0].isalpha():
            head += 1
        return self._name(head) if head < self.size else None

    def _name(self, start: int, *, direction: bool = False) -> tuple[int, int] | None:
        """The range of a name that begins at ``start``; None when what stands there is none."""
        words, known = self.words, self.known
        index = start
        while index < min(self.size, start + LONGEST):
            word = words[index]
            if word == _OPEN:
                close = self._closing(index)
                if direction or close is None or index == start:
                    break
                index = close
                continue
            if word in ENDERS and not self._is_shortened(index):
                break
            if not (word[0].isalnum() or word in _JOINERS or word in ENDERS):
                break
            if index in self.marks or (index > start and (word in known.vehicles or self._tells(start, index))):
                break
            if word in known.stop and not ((index > start or word == "dalam") and self._inside_name(index, direction)):
                break
            index += 1
        while index > start and not (words[index - 1][0].isalnum() or words[index - 1] == _CLOSE):
            index -= 1
        if index == start or all(words[i][0].isdigit() or words[i] in _JOINERS for i in range(start, index)):
            return None
        if index - start == 1 and (
            words[start] in known.compass or words[start] in ("jalan", "tol", "simpang", "ruas", "sini", "sana", "mana")
        ):
            return (start, index) if direction else None
        return start, index

    def _tells(self, start: int, index: int) -> bool:
        """Whether a verb of everyday talk stands behind a name: "Jl. Veteran menyebabkan antrean"."""
        word = self.words[index]
        alone = index == start + 1 and self.words[start] in self.known.kinds
        if alone or self._upper(index):
            return False
        return bool(_DOING.match(word)) or (bool(_VERB.match(word)) and word in load_words().common)

    def _inside_name(self, index: int, direction: bool) -> bool:
        """Whether a word that usually ends a name goes on with it here."""
        word, follows = self.words[index], self.words[index + 1] if index + 1 < self.size else ""
        if word == "dalam":
            return follows == "kota"
        if word in _NUMBERS and self.words[index - 1] in _CROSSINGS:
            return True  # "simpang empat Jetak"
        if word in self.known.also_names:
            return self._upper(index) and not self.post.raw(index).isupper()
        if word == "depan":
            return not direction and (follows in self.known.kinds or self._upper(index + 1))
        return word == "dan" and not direction and follows in self.known.kinds

    def _closing(self, index: int) -> int | None:
        """Past the bracket that opens at ``index``, when it holds a short remark on the place and no direction."""
        for end in range(index + 1, min(self.size, index + 9)):
            if self.words[end] == _CLOSE:
                return end + 1
            if self.words[end] in self.known.toward or end in self.marks:
                return None
        return None

    def _is_shortened(self, index: int) -> bool:
        """Whether the full stop at ``index`` is part of a short form ("Jl.", "MT.", "S.Parman")."""
        if self.words[index] != "." or index == 0:
            return False
        raw = self.post.raw(index - 1).lower()
        if (
            self.words[index - 1] in self.post.shortened
            or raw in self.post.shortened
            or (len(raw) <= 2 and raw.isalpha())
        ):
            return True
        end = self.post.ends[index]
        return end < len(self.post.text) and self.post.text[end].isdigit()

    def _text(self, start: int, end: int) -> str:
        wording = self.post.surface(start, end)
        if wording.count("(") != wording.count(")"):
            wording = wording.replace("(", " ").replace(")", " ")
        return " ".join(wording.split()).strip(" .,-:")
