"""A post as words in standard spelling that still know where they stood in the text."""

import re
from dataclasses import dataclass
from functools import lru_cache

from radiodesk.road.reading.road_words import Dictionaries

_TOKEN = re.compile(r"\d{1,2}[.:]\d{2}(?!\d)|[^\W_]+|[^\w\s]")
_NOISE = re.compile(r"https?://\S+|[@]\w+|\bRT\b|&amp;|\(\s*foto\s*:[^)]*\)?", re.IGNORECASE)
_ELONGATED = re.compile(r"([a-z])\1{2,}")

ENDERS = frozenset(".!?;\u2026")


@dataclass(frozen=True, slots=True)
class Post:
    """``words`` in standard spelling with the character offsets of what they stand for in ``text``.

    One written word may give several ("ramlan": "ramai", "lancar"), which then share their offsets.
    """

    text: str
    words: list[str]
    starts: list[int]
    ends: list[int]
    shortened: frozenset[str]

    def part(self, start: int, end: int) -> "Post":
        """A range of words as a post of its own, with offsets into the same text."""
        return Post(self.text, self.words[start:end], self.starts[start:end], self.ends[start:end], self.shortened)

    def drop_last(self) -> None:
        for column in (self.words, self.starts, self.ends):
            column.pop()

    def raw(self, index: int) -> str:
        """A word as it was written."""
        return self.text[self.starts[index] : self.ends[index]]

    def surface(self, start: int, end: int) -> str:
        """The text of a range of words, as it was written."""
        return self.text[self.starts[start] : self.ends[end - 1]]

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
        end = self.ends[index]
        return (
            end < len(self.text)
            and self.text[end].isalnum()
            and self.text[end - 2 : end - 1].isalnum()
            and (end < 3 or not self.text[end - 3].isalpha())
        )


def read_post(text: str, known: Dictionaries) -> Post:
    """Cut a text into words; handles, links and the like are blanked so that offsets stay true."""
    clean = _NOISE.sub(lambda match: " " * len(match.group()), text)
    post = Post(text, [], [], [], known.shortened)
    words, starts, ends = post.words, post.starts, post.ends
    # Written out flat, since this loop runs for every word of every post.
    for match in _TOKEN.finditer(clean):
        raw = match.group()
        start, end = match.span()
        word = raw.lower()
        if word == "dr" and raw[0] == "D" and clean[end : end + 1] == ".":
            parts: tuple[str, ...] = (word,)  # Doctor; "dr" in small letters is "dari".
        else:
            parts = _standard(word, known)
            if len(words) > 1 and words[-1] == "-" and words[-2] == parts[0]:
                post.drop_last()  # "hati-hati" is compared as "hati hati".
            if len(parts) > 1 and parts[0] == "di":
                words.append("di")
                starts.append(start)
                start += 2
                ends.append(start)
                parts = parts[1:]
        for part in parts:
            words.append(part)
            starts.append(start)
            ends.append(end)
    return post


@lru_cache(maxsize=50_000)
def _standard(word: str, known: Dictionaries) -> tuple[str, ...]:
    """The words in standard spelling that a written one stands for; "di" first where it was written together."""
    standard = known.spelling.get(word)
    if standard is None and len(word) > 3:
        if word.startswith("di") and _leads_to_place(word[2:], known):
            standard = "di " + known.spelling.get(word[2:], word[2:])
        elif _ELONGATED.search(word):
            standard = _shortened(word, known)
        elif word.endswith("nya") and word[:-3] in known.vocabulary:
            standard = known.spelling.get(word[:-3], word[:-3])
    return tuple((standard or word).split())


def _leads_to_place(rest: str, known: Dictionaries) -> bool:
    """Whether "di" was written together with a kind of place ("disimpang", "ditol") or a word of nearness."""
    standard = known.spelling.get(rest, rest)
    return standard in known.kinds or standard in known.near


def _shortened(word: str, known: Dictionaries) -> str:
    """A drawn-out word ("macettt", "rameee") in standard spelling."""
    for short in (_ELONGATED.sub(r"\1", word), _ELONGATED.sub(r"\1\1", word)):
        if short in known.spelling:
            return known.spelling[short]
    return _ELONGATED.sub(r"\1", word)
