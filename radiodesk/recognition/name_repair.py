"""Mends place and unit names that were misheard or torn apart: "kali tidu" is Kalitidu, "ngumpak dalam" Ngumpakdalem.

The names are given (an area pack has them); both spellings are kept, so that a person can take a repair back. Ordinary
words are left alone: a repair needs a name that sounds clearly nearer than any other, and more of it where the words
heard make sense by themselves.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from radiodesk.language.digit_words import DIGIT_WORDS, tokens
from radiodesk.recognition.confusions import sound_distance, sound_key
from radiodesk.recognition.ports import Word

_MOST_WORDS = 4
_CUES = frozenset(
    (
        "jalan", "desa", "dusun", "kecamatan", "kelurahan", "kampung", "di", "dari", "ke", "arah", "menuju", "simpang",
        "pertigaan", "perempatan", "jembatan", "pasar", "polsek", "terminal", "stasiun", "depan", "dekat", "sekitar",
        "wilayah", "warga",
    )
)  # fmt: skip
_LOOSE, _TIGHT, _SENSIBLE = 0.22, 0.14, 0.08
_APART = 0.08
_NEVER = -1.0
_SHORTEST = 4


@dataclass(frozen=True, slots=True)
class Change:
    """Words ``first`` up to (not with) ``after`` of what was heard, and the name they became; ``certainty`` 0 to 1."""

    first: int
    after: int
    heard: str
    meant: str
    certainty: float


@dataclass(frozen=True, slots=True)
class Repaired:
    """The words with names mended, and every change that led there."""

    words: tuple[Word, ...]
    changes: tuple[Change, ...]


def repair(
    words: Sequence[Word], names: Iterable[str], *, ordinary: Callable[[str], bool] = lambda word: False
) -> Repaired:
    """Mend ``names`` in ``words``; ``ordinary`` tells a word that makes sense by itself (a language model knows it)."""
    return NameMender(names, ordinary).repair(words)


class NameMender:
    """Repairs many transcripts with the same names."""

    def __init__(self, names: Iterable[str], ordinary: Callable[[str], bool] = lambda word: False) -> None:
        self._names = sorted({name.strip() for name in names if len(_letters(name)) >= _SHORTEST})
        self._spelled = [_letters(name) for name in self._names]
        self._keys = [sound_key(spelled) for spelled in self._spelled]
        self._ordinary = ordinary

    def repair(self, words: Sequence[Word]) -> Repaired:
        """The words with every sure name in its right spelling."""
        changes: list[Change] = []
        taken: set[int] = set()
        for change in sorted(self._candidates(words), key=lambda each: (-each.certainty, each.first - each.after)):
            place = set(range(change.first, change.after))
            if not place & taken:
                taken |= place
                changes.append(change)
        changes.sort(key=lambda each: each.first)
        return Repaired(_applied(words, changes), tuple(changes))

    def _candidates(self, words: Sequence[Word]) -> Iterator[Change]:
        plain = [" ".join(tokens(word.word)) for word in words]
        for first in range(len(words)):
            for after in range(first + 1, min(first + _MOST_WORDS, len(words)) + 1):
                span = plain[first:after]
                if (
                    not all(span)
                    or DIGIT_WORDS & set(span)
                    or any(_ends(word.word) for word in words[first : after - 1])
                ):
                    break
                change = self._best(span, plain[first - 1] if first else "", words, first, after)
                if change:
                    yield change

    def _best(self, span: list[str], before: str, words: Sequence[Word], first: int, after: int) -> Change | None:
        joined = _letters(" ".join(span))
        if len(joined) < _SHORTEST:
            return None
        reach = max(1, round(0.2 * len(joined)))
        near = process.extract(sound_key(joined), self._keys, scorer=Levenshtein.distance, score_cutoff=reach, limit=20)
        ranked = sorted(
            (sound_distance(joined, self._spelled[at]) / max(len(joined), len(self._spelled[at])), at)
            for _, _, at in near
        )
        if not ranked:
            return None
        distance, at = ranked[0]
        heard, name = " ".join(word.word for word in words[first:after]), self._names[at]
        rivals = [other for other, rival in ranked[1:] if self._spelled[rival] != self._spelled[at]]
        if distance > self._limit(span, before) or (distance and rivals and rivals[0] - distance < _APART):
            return None
        if heard.strip(".,?!;:") == name:
            return None
        return Change(first, after, heard, name, round(1 - distance, 3))

    def _limit(self, span: list[str], before: str) -> float:
        """How far from a name these words may be: little for ordinary words, more where a place is expected."""
        if all(self._ordinary(word) for word in span):
            return _SENSIBLE if len(span) > 1 else 0.0 if before in _CUES else _NEVER
        return _LOOSE if before in _CUES else _TIGHT


def _applied(words: Sequence[Word], changes: Sequence[Change]) -> tuple[Word, ...]:
    mended: list[Word] = []
    at = 0
    for change in changes:
        mended += words[at : change.first]
        mended += _spread(words[change.first : change.after], change.meant)
        at = change.after
    return (*mended, *words[at:])


def _spread(heard: Sequence[Word], name: str) -> Iterator[Word]:
    """The words of the name over the time of what was heard, by their letters; punctuation stays behind the last."""
    parts = name.split()
    start, length = heard[0].start, heard[-1].end - heard[0].start
    letters = sum(map(len, parts))
    confidence = min(word.confidence for word in heard)
    tail = heard[-1].word[len(heard[-1].word.rstrip(".,?!;:")) :]
    done = 0
    for number, part in enumerate(parts):
        begin = start + length * done / letters
        done += len(part)
        text = part + (tail if number == len(parts) - 1 else "")
        yield Word(round(begin, 2), round(start + length * done / letters, 2), text, confidence)


def _letters(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalpha())


def _ends(word: str) -> bool:
    return word.endswith((".", "?", "!"))
