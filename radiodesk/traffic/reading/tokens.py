"""A post as words in standard spelling that still know where they stood in the text."""

import re
from dataclasses import dataclass

from radiodesk.traffic.reading.words import Dictionaries

_TOKEN = re.compile(r"\d{1,2}[.:]\d{2}(?!\d)|[^\W_]+|[^\w\s]")
_NOISE = re.compile(r"https?://\S+|[@]\w+|\bRT\b|&amp;|\(\s*foto\s*:[^)]*\)?", re.IGNORECASE)
_ELONGATED = re.compile(r"([a-z])\1{2,}")
_GLUED = re.compile(r"(\d{1,2}[.:]\d{2})(?=[^\W\d_])")

ENDERS = frozenset(".!?;\u2026")


@dataclass(frozen=True, slots=True)
class Post:
    """``words`` in standard spelling, one or more for each token of the text; ``owner`` is each word's token.

    ``starts`` and ``ends`` are character offsets of tokens in ``text``. Clauses are ranges of words.
    """

    text: str
    words: list[str]
    owner: list[int]
    starts: list[int]
    ends: list[int]
    shortened: frozenset[str]

    def surface(self, start: int, end: int) -> str:
        """The text of a range of words, as it was written."""
        return self.text[self.starts[self.owner[start]] : self.ends[self.owner[end - 1]]]

    def clauses(self) -> list[tuple[int, int]]:
        """Ranges of words between marks that end a sentence, and the line ends that divide pasted messages."""
        found, begin = [], 0
        for index, word in enumerate(self.words):
            if word not in ENDERS:
                continue
            if word == "." and index and (self.words[index - 1] in self.shortened or self._inside(index)):
                continue
            if index > begin:
                found.append((begin, index + 1))
            begin = index + 1
        if begin < len(self.words):
            found.append((begin, len(self.words)))
        return found

    def _inside(self, index: int) -> bool:
        """Whether a full stop stands between letters or digits ("W.Jago", "A.Yani", "1.5")."""
        end = self.ends[self.owner[index]]
        return (
            end < len(self.text)
            and self.text[end].isalnum()
            and self.text[end - 2 : end - 1].isalnum()
            and (end < 3 or not self.text[end - 3].isalpha())
        )


def read_post(text: str, known: Dictionaries) -> Post:
    """Cut a text into words; handles, links and the like are blanked so that offsets stay true."""
    clean = _NOISE.sub(lambda match: " " * len(match.group()), text)
    clean = _GLUED.sub(r"\1", clean)
    spelling = known.spelling
    words: list[str] = []
    owner: list[int] = []
    starts: list[int] = []
    ends: list[int] = []
    for match in _TOKEN.finditer(clean):
        word = match.group().lower()
        standard = spelling.get(word)
        if standard is None and len(word) > 3:
            standard = _respelled(word, known)
        index = len(starts)
        starts.append(match.start())
        ends.append(match.end())
        if standard is None:
            words.append(word)
            owner.append(index)
        else:
            for part in standard.split():
                words.append(part)
                owner.append(index)
    return Post(text, words, owner, starts, ends, known.shortened)


def _respelled(word: str, known: Dictionaries) -> str | None:
    """Standard spelling of drawn-out words ("macettt") and of "di" written together with a kind of place."""
    if _ELONGATED.search(word):
        for short in (_ELONGATED.sub(r"\1", word), _ELONGATED.sub(r"\1\1", word)):
            if short in known.spelling:
                return known.spelling[short]
        return _ELONGATED.sub(r"\1", word)
    if word.startswith("di"):
        rest = known.spelling.get(word[2:], word[2:])
        if rest in known.kinds or rest in known.near:
            return "di " + rest
    return None
