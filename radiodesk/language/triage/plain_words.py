"""Messages as plain words: slang, Javanese and typing habits out, so that terms need one spelling each."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

_TOKEN = re.compile(r"[^\W_]+")
_DRAWLED = re.compile(r"([^\W\d_])\1{2,}")
_DOUBLED = re.compile(r"(?<=[a-z]{3})2(?=[a-z]*\Z)")
_TERM_WORD = re.compile(r"[^\W_]+(?!\*|[^\W_])")
_GAP = r"(?: \S+){0,4}?"


@dataclass(frozen=True, slots=True)
class Token:
    """A word as terms know it, with where its written form stands in the message."""

    word: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Slang:
    """Written word → known word, and runs of known words → shorter ones, longest first."""

    words: dict[str, str]
    phrases: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A term that was found: where in the message, and whether it is named only as something feared or caused."""

    start: int
    end: int
    hedged: bool


@lru_cache(maxsize=1)
def slang() -> Slang:
    """The dictionary that comes with the product."""
    table = load("slang.toml")
    phrases = sorted(table["phrases"].items(), key=lambda pair: -len(pair[0]))
    return Slang(table["words"], tuple((tuple(said.split()), tuple(known.split())) for said, known in phrases))


def load(name: str) -> dict[str, dict[str, str]]:
    """One of this package's TOML tables."""
    return tomllib.loads(resources.files(__package__).joinpath(name).read_text(encoding="utf-8"))


class Message:
    """One message, ready to be searched for terms."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _tokens(text)
        self.line = " ".join(token.word for token in self.tokens)
        self._starts: list[int] = []
        at = 0
        for token in self.tokens:
            self._starts.append(at)
            at += len(token.word) + 1
        self._hedges = [match.end() for match in _HEDGE.finditer(self.line)]

    def find(self, term: "re.Pattern[str]") -> list[Finding]:
        """Every place where ``term`` stands."""
        return [self._finding(match) for match in term.finditer(self.line) if match.start() < match.end()]

    def _finding(self, match: "re.Match[str]") -> Finding:
        first = self._token_at(match.start())
        last = self._token_at(match.end() - 1)
        return Finding(self.tokens[first].start, self.tokens[last].end, self._is_hedged(match.start()))

    def _token_at(self, offset: int) -> int:
        low, high = 0, len(self._starts) - 1
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self._starts[middle] <= offset else (low, middle - 1)
        return low

    def _is_hedged(self, offset: int) -> bool:
        """Whether a word of fear, cause or purpose stands at most six words in front."""
        return any(end <= offset and self.line.count(" ", end, offset) <= _HEDGE_REACH for end in self._hedges)


_SHORTEST_STEM = 3
_HEDGE_REACH = 6
_HEDGE = re.compile(
    r"\b(?:rawan|takut\w*|khawatir\w*|dikhawatirkan|menguatirkan|mengkhawatirkan|kuatir|menyebabkan|mengakibatkan"
    r"|akibatnya|berakibat|sehingga|supaya|agar|biar|bikin|membuat|potensi|berpotensi|jangan sampai|sampai terjadi|bisa"
    r"|wedi|mundhak|marai|menimbulkan|kalau|jika|apabila|ketika|saat|hasil|bekas|akibat|karena|sebelum|setelah|dekat"
    r"|depan|belakang|samping|sebelah|seberang|sekitar)\b"
)
"""What follows these words is a consequence, a purpose, a cause or a landmark, seldom the matter itself."""


def _tokens(text: str) -> list[Token]:
    tokens = [Token(_known(match[0]), match.start(), match.end()) for match in _TOKEN.finditer(text)]
    for said, known in slang().phrases:
        tokens = _replaced(tokens, said, known)
    return tokens


def _known(written: str) -> str:
    word = _DOUBLED.sub("", _DRAWLED.sub(r"\1", written.lower()))
    known = slang().words
    return next((known.get(stem, stem) for stem in _stems(word) if stem in vocabulary() or stem in known), word)


def _stems(word: str) -> Iterator[str]:
    """What is left without Indonesian and Javanese possessives: "dompetku", "polisine", "apinya"."""
    yield word
    for ending in ("nya", "ne", "ipun", "ku", "mu", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            yield word[: -len(ending)]


@lru_cache(maxsize=1)
def vocabulary() -> frozenset[str]:
    """Every word that stands in a term."""
    tables = (str(load("categories.toml")), str(load("urgency.toml")))
    return frozenset(word for table in tables for word in _TOKEN.findall(table.lower()))


def _replaced(tokens: list[Token], said: Sequence[str], known: Sequence[str]) -> list[Token]:
    width = len(said)
    done: list[Token] = []
    place = 0
    while place < len(tokens):
        window = tokens[place : place + width]
        if [token.word for token in window] == list(said):
            done += [Token(word, window[0].start, window[-1].end) for word in known]
            place += width
        else:
            done.append(tokens[place])
            place += 1
    return done


def term(written: str) -> "re.Pattern[str]":
    """A term of the tables as a pattern over ``Message.line``: ``*`` any ending, ``...`` up to four words between."""
    plain = _TERM_WORD.sub(lambda match: slang().words.get(match[0], match[0]), written.replace("-", " ").lower())
    for said, known in slang().phrases:
        plain = re.sub(rf"(?<!\w){' '.join(said)}(?!\w|\*)", " ".join(known), plain)
    body = " ".join(plain.split())
    body = body.replace(" ... ", f"{_GAP} ").replace(" ...", rf"{_GAP}").replace("*", r"\w*")
    return re.compile(rf"(?<!\S)(?:{body})(?!\S)")
