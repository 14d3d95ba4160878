"""Names of people, found by what people say in front of them: "nama saya …", "Lek …", "korban …".

Recognised speech has no capitals and no full stops, so where a name ends is decided word by word: it ends at the first
word that is an ordinary one, a place, a title or a number.
"""

import re
from collections.abc import Collection, Iterator

from radiodesk.language.redaction.name_cues import load_cues
from radiodesk.language.redaction.name_lexicon import AMBIGUOUS, is_common, is_given_name, looks_like_name
from radiodesk.language.redaction.spans import Span
from radiodesk.language.spoken.heard_digits import DIGIT_WORDS, Token, tokens

_CUES = load_cues()
_ACCUSED = re.compile(r"\b(?:oknum|tersangka|terlapor|pelaku|terduga|korban|selingkuh\w*|diduga|pungli|arogan|mabuk)\b")
_MOST_WORDS = 4
_DESCRIBED = re.compile(
    r"(?P<name>\b[A-Z][a-z']{2,}(?: [A-Z][a-z']*){0,3}), ?(?:\(?\d\d(?: tahun| th)?\)?,? ?)?"
    r"(?:warga|penduduk|asal|korban|pelapor|pemilik|ibu rumah tangga|pelajar|petani|pedagang|janda|saksi)\b"
)
_VERB = re.compile(r"(?:di|me|ber|ter|ke|nge)\w{4}")
_SENTENCE_START = re.compile(r"(?:\A|[.!?\n]\s*)\Z")


class _Finder:
    """Looks for names in one text."""

    def __init__(self, text: str, places: Collection[str], keep_officials: bool) -> None:
        self._text = text
        self._words = tokens(text)
        self._places = places
        self._keep_officials = keep_officials
        letters = [sign for sign in text if sign.isalpha()]
        upper = sum(sign.isupper() for sign in letters)
        self._mixed_case = bool(letters) and 0 < upper < 0.5 * len(letters)

    def spans(self) -> Iterator[Span]:
        for place in range(len(self._words)):
            yield from self._at(place)

    def _at(self, place: int) -> Iterator[Span]:
        word = self._words[place].word
        start = self._words[place].start
        glued = start > 0 and self._text[start - 1].isalnum()
        for cue in () if glued else _CUES.introductions:
            if self._phrase(place)[: len(cue)] == cue:
                yield from self._name(
                    place + len(cue),
                    "name after an introduction",
                    0.95,
                    sure=True,
                    past=_CUES.honorifics | _CUES.filled,
                )
                return
        if word in _CUES.honorifics and not self._in_place(place):
            yield from self._name(place + 1, "name after a form of address", 0.85, sure=False, past=_CUES.honorifics)
        elif _bare(word) in _CUES.roles:
            yield from self._after_role(place)
        elif word in _CUES.companions and self._accompanies(place + 1):
            yield from self._name(place + 1, "name after whose or with whom it is", 0.75, sure=False, past=frozenset())
        elif word in _CUES.speaker:
            yield from self._introduced(place)
        elif word in _CUES.offices:
            yield from self._official(place)
        elif self._is_named_outright(place):
            yield from self._name(place, "well-known given name", 0.6, sure=False, past=frozenset())

    def _phrase(self, place: int) -> tuple[str, ...]:
        return tuple(token.word for token in self._words[place : place + 2])

    def _name(self, place: int, why: str, score: float, *, sure: bool, past: frozenset[str]) -> Iterator[Span]:
        while place < len(self._words) and self._words[place].word in past and self._touches(place):
            place += 1
        end = self._end(place, sure)
        if end > place and not (self._keep_officials and self._office_before(place)):
            yield Span(self._words[place].start, self._words[end - 1].end, "name", why, score)

    def _after_role(self, place: int) -> Iterator[Span]:
        """Behind a role only what is known or built as a name counts, as much else follows it: "bandar itu Kardi"."""
        start = place + 1
        for ahead in range(start, min(start + 3, len(self._words))):
            if self._words[ahead].word in _CUES.links and self._touches(ahead):
                start = ahead + 1
        while (
            start < len(self._words)
            and self._words[start].word in _CUES.honorifics | _CUES.links
            and self._touches(start)
        ):
            start += 1
        if start < len(self._words) and self._touches(start) and self._is_known(start) and not self._in_place(start):
            yield from self._name(start, "name after a role", 0.85, sure=False, past=frozenset())

    def _accompanies(self, place: int) -> bool:
        """Whether a name stands here beyond doubt; behind "milik" and "bersama" offices and companies stand as well."""
        if place >= len(self._words) or not self._touches(place) or self._in_place(place):
            return False
        token = self._words[place]
        named = is_given_name(token.word) or looks_like_name(token.word)
        return named and token.word not in self._places and (not self._mixed_case or self._capital(token))

    def _is_known(self, place: int) -> bool:
        """Whether a word is a name by itself: listed, built like one, or capitalised in the middle of a sentence."""
        token = self._words[place]
        if token.word in _CUES.never or token.word in _CUES.not_after_roles:
            return False
        capital = self._mixed_case and self._capital(token) and not is_common(token.word) and not token.word.isupper()
        supported = token.word in AMBIGUOUS and self._is_supported(place, first=True)
        return (
            is_given_name(token.word) or looks_like_name(token.word) or supported or (capital and len(token.word) > 3)
        )

    def _end(self, place: int, sure: bool) -> int:
        """Place after the last word of the name that begins at ``place``; ``place`` itself where none does."""
        end = place
        while end < len(self._words) and end - place < _MOST_WORDS:
            first = end == place
            if not self._part(end, first, sure) or not (first or self._touches(end)):
                break
            end += 1
        return end

    def _part(self, place: int, first: bool, sure: bool) -> bool:
        """Whether the word at ``place`` can be the first, or a further, word of a name."""
        token = self._words[place]
        word = token.word
        if (
            not word.isalpha()
            or word in _CUES.never
            or word in DIGIT_WORDS
            or word in _CUES.place_cues
            or word in _CUES.offices
        ):
            return False
        if len(word) < 3:
            return not first and len(word) == 1 and self._mixed_case and self._capital(token)
        if is_given_name(word):
            return True
        if word in self._places:
            return False
        if word in AMBIGUOUS:
            return sure or self._is_supported(place, first)
        if is_common(word):
            return False
        if first:
            return True
        if self._mixed_case:
            return self._capital(token)
        if _VERB.match(word):
            return False
        return looks_like_name(word) or is_given_name(self._words[place - 1].word)

    def _is_supported(self, place: int, first: bool) -> bool:
        """Whether the neighbour of a name that is also an ordinary word ("budi", "indah") is a name beyond doubt."""
        token = self._words[place]
        if self._mixed_case and not self._capital(token):
            return False
        if not first or (self._mixed_case and not _SENTENCE_START.search(self._text[: token.start])):
            return True
        following = self._words[place + 1].word if place + 1 < len(self._words) and self._touches(place + 1) else ""
        return is_given_name(following) or looks_like_name(following)

    def _introduced(self, place: int) -> Iterator[Span]:
        """How callers say who they are: "saya Sutrisno dari …", "dengan Rina di …"."""
        start = place + 1
        if start < len(self._words) and self._words[start].word in _CUES.honorifics:
            return
        end = self._end(start, sure=False)
        if end == start:
            return
        following = self._words[end].word if end < len(self._words) else ""
        word = self._words[start].word
        known = is_given_name(word) or looks_like_name(word) or word in AMBIGUOUS
        if known and (following in _CUES.after_self or end == len(self._words) or self._words[place].word != "ini"):
            yield Span(self._words[start].start, self._words[end - 1].end, "name", "name after saying who speaks", 0.8)

    def _official(self, place: int) -> Iterator[Span]:
        """The name of an officer after rank or office, where officials are not kept or are accused."""
        if self._keep_officials and not _ACCUSED.search(self._text.lower()):
            return
        end = self._end(place + 1, sure=False)
        if end > place + 1:
            yield Span(self._words[place + 1].start, self._words[end - 1].end, "name", "name of an official", 0.8)

    def _office_before(self, place: int) -> bool:
        window = [token.word for token in self._words[max(0, place - 4) : place]]
        return any(word in _CUES.offices for word in window) and not _ACCUSED.search(self._text.lower())

    def _is_named_outright(self, place: int) -> bool:
        """Two name parts in a row, the first of them a given name, away from any place or direction."""
        token = self._words[place]
        known = is_given_name(token.word) or (token.word in AMBIGUOUS and self._is_supported(place, first=True))
        if not known or self._in_place(place) or self._is_directed(place) or self._part_of_earlier(place):
            return False
        end = self._end(place, sure=False)
        if end - place < 2 or (self._mixed_case and not self._capital(token)):
            return False
        return all(
            is_given_name(one.word) or looks_like_name(one.word) or one.word in AMBIGUOUS
            for one in self._words[place:end]
        )

    def _is_directed(self, place: int) -> bool:
        return place > 0 and self._words[place - 1].word in _CUES.directions

    def _part_of_earlier(self, place: int) -> bool:
        return place > 0 and self._touches(place) and self._part(place - 1, first=False, sure=False)

    def _in_place(self, place: int) -> bool:
        """Whether a word for a public place stands in the two words before."""
        return any(token.word in _CUES.place_cues for token in self._words[max(0, place - 2) : place])

    def _touches(self, place: int) -> bool:
        """Whether only spaces, a full stop of an abbreviation or quotes stand between a word and the one before."""
        if place == 0:
            return True
        between = self._text[self._words[place - 1].end : self._words[place].start]
        return (
            not between.strip(" .'\"")
            and between.count(".") <= 1
            and ("." not in between or len(self._words[place - 1].word) <= 3)
        )

    def _capital(self, token: Token) -> bool:
        return self._text[token.start].isupper()


def _bare(word: str) -> str:
    """A role without its possessive: "anakku", "pelakunya", "bojone"."""
    for ending in ("nya", "ku", "ne", "e"):
        if word.endswith(ending) and word[: -len(ending)] in _CUES.roles:
            return word[: -len(ending)]
    return word


def find_names(text: str, *, places: Collection[str] = (), keep_officials: bool = True) -> Iterator[Span]:
    """Names of people in ``text``.

    ``places`` are names of places in lower case that are never taken for people; ``keep_officials`` leaves the name
    after a rank or office unless the text accuses somebody.
    """
    yield from _Finder(text, places, keep_officials).spans()
    yield from _described(text, places, keep_officials)


def _described(text: str, places: Collection[str], keep_officials: bool) -> Iterator[Span]:
    """Names as scripts write them: "Sumarni, warga Kapas, …"."""
    for match in _DESCRIBED.finditer(text):
        first = match["name"].split()[0].lower()
        before = [token.word for token in tokens(text[max(0, match.start() - 40) : match.start()])][-4:]
        kept = keep_officials and any(word in _CUES.offices for word in (*before, first))
        plain_word = is_common(first) and not is_given_name(first)
        if not (
            kept
            or plain_word
            or first in places
            or first in _CUES.place_cues
            or (before[-1:] and before[-1] in _CUES.place_cues)
        ):
            yield Span(match.start("name"), match.end("name"), "name", "name before what somebody is", 0.75)
