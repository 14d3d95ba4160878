"""Where in a text a reader is, out of live words that come one by one and may still change.

An alignment that goes on with each word: a beam of paths, each the place of the word that was matched last, with a
score. A word may be the next one of the text, misheard, left out, said again or none of the text at all; from afar a
path may begin at a word that is rare in the text. A path that left its neighbourhood is not believed until words
behind the jump agree, by how much they tell: until then the place before the jump is given. So the place may lag and
does not run ahead.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log

from radiodesk.language.digit_words import NUMBER_WORDS
from radiodesk.language.reading.script_text import HeardWord, ScriptText, heard_tokens
from radiodesk.language.reading.word_likeness import Vocabulary

_BEAM = 32
_AHEAD, _BACK = 30, 60
"""Words that may be skipped or said again within the neighbourhood of a path."""
_RARE = 6
"""A word that stands in the text more often than this does not take anybody far away."""
_NOT_OF_TEXT = 0.45
_FAR = 2.6
_FAR_NEED, _FAR_WORDS = 2.4, 3
_BACK_NEED = 1.6
_DOUBT = 2
"""Power of the likeness by which a word that is only alike tells less."""
_FUSED = 0.8
"""Likeness from which two heard words may be one of the text ("ke celakaan")."""
_LEAST_TOLD = 0.15
_LOST_AFTER = 3
_HELD = 8.0
"""Seconds for which a place that tentative words told of is kept, once the recogniser has taken them back."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where the reader is: ``word`` is the number of the written word said last, ``line`` and ``sentence`` are where it
    stands, ``said_at`` the second at which it was said. ``word`` is -1 and ``said_at`` ``None`` before the first.

    ``sure`` is false while what is heard is not of the text, or is not yet enough to believe a jump.
    """

    word: int = -1
    line: int = 0
    sentence: int = 0
    said_at: float | None = None
    sure: bool = False


@dataclass(frozen=True, slots=True)
class _Path:
    """One way to have read so far. ``at`` is the spoken word matched last, ``said_at`` its time; ``known`` and
    ``known_at`` are the place and time before a jump that is not believed yet; ``since`` is what the words behind the
    jump tell, ``count`` how many they are, ``need`` and ``need_count`` what is asked of them; ``missed`` are the heard
    words since the last match, ``back`` is how often the reader went back."""

    score: float = 0.0
    at: int = -1
    said_at: float | None = None
    known: int = -1
    known_at: float | None = None
    since: float = 0.0
    count: int = 0
    need: float = 0.0
    need_count: int = 0
    missed: int = 0
    back: int = 0

    @property
    def believed(self) -> bool:
        return self.since >= self.need and self.count >= self.need_count


@dataclass(frozen=True, slots=True)
class _Match:
    """Spoken words ``first`` to ``last`` of the text may be what was heard; ``told`` is how much that tells, 0 to 2."""

    first: int
    last: int
    likeness: float
    told: float
    far: bool


class Follower:
    """Follows one text. Feed it words with ``hear``; the work for a word does not grow with the text.

    ``begins`` is the written word from which the reader goes on (0 for the whole text), as when a producer jumps.
    """

    def __init__(self, script: ScriptText, *, begins: int = 0) -> None:
        self.script = script
        self._places: dict[str, list[tuple[int, int]]] = defaultdict(list)
        spoken = script.spoken
        for at, word in enumerate(spoken):
            self._places[word].append((at, at))
        self._count = {word: len(places) for word, places in self._places.items()}
        self._joined: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for at in range(1, len(spoken)):
            if len(spoken[at - 1]) + len(spoken[at]) >= 6:
                self._joined[spoken[at - 1] + spoken[at]].append((at - 1, at))
        for unit in script.units:
            # A short form that a recogniser wrote as such ("stnk" for "es te en ka").
            for way in unit.ways[1:]:
                if len(way) == 1 and unit.spoken_end - unit.spoken > 1:
                    self._joined[way[0]].append((unit.spoken, unit.spoken_end - 1))
        self._vocabulary = Vocabulary(list(self._places))
        self._open = _free_words(script)
        self._paths = [self._start(begins)]
        self._position = Position()
        self._back = 0
        self.heard = 0
        """How many settled words were taken."""

    def hear(self, settled: Sequence[HeardWord], tentative: Sequence[HeardWord] = ()) -> Position:
        """New settled words (those that came since the last call), and all words that are tentative now."""
        for word in settled:
            self._paths = self._with(self._paths, word)
        self.heard += len(settled)
        paths = self._paths
        for word in tentative:
            paths = self._with(paths, word)
        said = (*settled, *tentative)
        self._position = self._hold(paths[0], said[-1].end if said else None)
        return self._position

    def _hold(self, path: _Path, now: float | None) -> Position:
        """Take the place that a path tells of, or keep the one shown where only the recogniser changed its mind."""
        found, before = self._position_of(path), self._position
        back = path.back if path.believed else self._back
        taken_back = found.word < before.word and back == self._back
        if taken_back and before.said_at is not None and (now is None or now - before.said_at <= _HELD):
            return replace(before, sure=False)
        self._back = back
        return found

    def follow(self, settled: Sequence[HeardWord], tentative: Sequence[HeardWord]) -> Position:
        """As ``hear``, for a session that gives all settled words each time (``Partial``)."""
        return self.hear(settled[self.heard :], tentative)

    @property
    def position(self) -> Position:
        """Where the reader was when something was heard last."""
        return self._position

    def place(self, word: int) -> None:
        """The reader goes on behind written word ``word`` (a producer jumped); -1 for the beginning."""
        self._paths = [self._start(word + 1)]
        self._position = self._position_of(self._paths[0])

    def _start(self, word: int) -> _Path:
        at = -1
        for spoken, written in enumerate(self.script.written_of):
            if written >= word:
                break
            at = spoken
        return _Path(at=at, known=at)

    def _position_of(self, path: _Path) -> Position:
        believed = path.believed
        at, said_at = (path.at, path.said_at) if believed else (path.known, path.known_at)
        if at < 0:
            return Position(sure=False)
        word = self.script.written_of[at]
        sure = believed and path.missed <= _LOST_AFTER and said_at is not None
        return Position(word, self.script.lines[word], self.script.sentences[word], said_at, sure)

    def _with(self, paths: list[_Path], word: HeardWord) -> list[_Path]:
        """The best paths once a word was heard as well, the best one first."""
        for token in heard_tokens(word.word):
            paths = self._step(paths, token, word.end)
        return paths

    def _step(self, paths: list[_Path], token: str, said_at: float) -> list[_Path]:
        best: dict[int, _Path] = {}
        for path in paths:
            _keep(best, _stayed(path))
        for match in self._matches(token, paths):
            for path in paths:
                moved = self._moved(path, match, said_at)
                if moved is not None:
                    _keep(best, moved)
        kept = sorted(best.values(), key=lambda path: (-path.score, path.at))[:_BEAM]
        top = kept[0].score
        if top > 500.0:
            kept = [_scored(path, path.score - top) for path in kept]
        return kept

    def _matches(self, token: str, paths: list[_Path]) -> list[_Match]:
        """Where in the text the heard word may stand: near any path, or anywhere when it is rare."""
        found: dict[tuple[int, int], _Match] = {}
        for word, alike in self._vocabulary.near(token):
            places = self._places[word]
            told = self._tells(word) * alike**_DOUBT
            if len(places) <= _RARE:
                chosen = places
            else:
                wanted = {at for path in paths[:8] for at in _near(places, path.at)}
                chosen = sorted((at, at) for at in wanted)
            far = len(places) <= _RARE and alike >= 0.8 and len(word) > 3
            for first, last in chosen:
                found[first, last] = _Match(first, last, alike, told, far)
        for first, last in self._joined.get(token, ())[: _RARE * 2]:
            told = sum(self._tells(self.script.spoken[at]) for at in range(first, last + 1))
            found.setdefault((first, last), _Match(first, last, 1.0, min(told, 1.5), far=False))
        return list(found.values())

    def _moved(self, path: _Path, match: _Match, said_at: float) -> _Path | None:
        """The word was ``match``; ``None`` where no reader gets there from here."""
        step = match.first - path.at
        gain = (0.35 + match.told) * match.likeness
        if step == 1 or (1 < step <= _AHEAD and self._skipped(path.at, match.first) == 0):
            # What was heard in between were words of the reader's own, or misheard: one short word proves little then.
            need = (0.0, 0.45)[path.missed] if path.missed < 2 else 0.6
            cost, count = 0.0, 0
        elif 1 < step <= _AHEAD:
            skipped = self._skipped(path.at, match.first)
            left_out = max(0, skipped - path.missed)
            cost = 0.35 + 0.12 * skipped + 0.1 * left_out
            need = min(2.2, 0.35 * skipped + 0.4 * left_out)
            count = 2 if left_out else 1
            count = 3 if skipped > 6 else count
        elif step <= 0 and match.last >= path.at - _BACK:
            cost, need, count = 1.1 + 0.015 * -step, min(_BACK_NEED, 0.6 - 0.1 * step), 2 if step > -4 else 3
        elif match.far:
            cost, need, count = _FAR, _FAR_NEED, _FAR_WORDS
        else:
            return None
        if need == 0.0:
            return replace(
                path, score=path.score + gain, at=match.last, said_at=said_at, since=path.since + match.told,
                count=path.count + 1, missed=0,
            )  # fmt: skip
        known, known_at = (path.at, path.said_at) if path.believed else (path.known, path.known_at)
        return _Path(
            path.score + gain - cost, match.last, said_at, known, known_at, match.told, 1, need, count,
            back=path.back + (step < -1),
        )  # fmt: skip

    def _skipped(self, at: int, first: int) -> int:
        """How many words were left out between two spoken words; a number that was begun may be said in any way."""
        return self._open[first - 1] - self._open[at] if at >= 0 else self._open[first - 1]

    def _tells(self, word: str) -> float:
        """How much a word tells of the place, 0.15 to 1: long and rare ones more."""
        if word in NUMBER_WORDS:
            return _LEAST_TOLD  # a recogniser that is lost writes amounts
        length = min(1.0, max(0, len(word) - 1) / 5)
        return max(_LEAST_TOLD, length / (1 + 0.6 * log(self._count[word])))


def _near(places: list[tuple[int, int]], at: int) -> list[int]:
    """Those of the places, in order, that lie in the neighbourhood of a spoken word, at most a dozen."""
    from bisect import bisect_left

    low = bisect_left(places, (at - _BACK, 0))
    high = bisect_left(places, (at + _AHEAD + 1, 0))
    middle = bisect_left(places, (at, 0))
    return [first for first, _ in places[max(low, middle - 6) : min(high, middle + 6)]]


def _keep(best: dict[int, _Path], path: _Path) -> None:
    held = best.get(path.at)
    if held is None or path.score > held.score:
        best[path.at] = path


def _scored(path: _Path, score: float) -> _Path:
    return replace(path, score=score)


def _stayed(path: _Path) -> _Path:
    """The word was none of the text, or was misheard."""
    return replace(path, score=path.score - _NOT_OF_TEXT, missed=path.missed + 1)


def _free_words(script: ScriptText) -> list[int]:
    """Of each spoken word, how many up to it must be heard: of a unit that is said in many ways, the first alone."""
    counted = 0
    counts: list[int] = []
    for unit in script.units:
        for number in range(unit.spoken_end - unit.spoken):
            counted += 1 if number == 0 or len(unit.ways) == 1 else 0
            counts.append(counted)
    return counts
