"""As-read: a finished transcript laid beside an approved text, word by word.

Both are compared as they are said: a number may be written or spoken out, said in any usual way. What a recogniser
makes of a word is compared by letters and by sound, so that its slips do not stand as changes of the reader's. Where
it cannot be told whether the reader or the recogniser erred, the difference is kept as *unsure* ("probably misheard")
and does not lower the share.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from statistics import median
from typing import TYPE_CHECKING, Any

from radiodesk.language.digit_words import NUMBER_WORDS
from radiodesk.language.reading.script_text import HeardWord, ScriptText, heard_tokens
from radiodesk.language.reading.word_likeness import SAME, likeness

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_GAP = 0.45
_LIKE = 0.95
_MOST_CELLS = 3_000_000
_ANCHOR = 4
"""Words in a row that stand once in the text and once in what was heard, and so belong together."""
_SAME_SAID, _MAYBE_SAID = 0.78, 0.5
"""Likeness of what was said in place of some words, from which it counts as the same, and as perhaps the same."""
_OTHER_NUMBERS = 0.45
_SURE_WORD = 0.7
"""Likeness of a heard word from which it counts as the written one; below, as probably misheard."""
_UNHEARD = 0.6
"""A word counts as said but not heard where the pause for it is at least this share of the time that it takes."""
_EDGE = 1.0
"""Seconds at both ends of a reading in which words may be of what was read before or after it: a hand on a key is not
exact."""
MARGIN = 3.0
"""Seconds before a reading began by its log, and after it ended, in which words of it may lie."""
_DOUBTFUL = 0.35
"""Mean confidence of some words below which they may have been misheard."""
_MOST_DOUBTFUL = 12
"""Words of the text up to which such doubt counts: a page that was not read is not excused by it."""
_LEAST_LETTERS = 3
"""What is added and no longer is rather a sound than a word."""
_VOWELS = frozenset("aeiouy")


class Kind(StrEnum):
    APPROVED = "approved"
    CHANGED = "changed"
    LEFT_OUT = "left_out"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Difference:
    """A stretch of the reading. Written words ``word`` to ``word_end`` (not included) of the text, as they stand there
    (``written``), and what was heard (``heard``) from second ``begins`` to ``ends``.

    ``unsure``: probably misheard, not changed. ``again``: words of the text that were said once more.
    """

    kind: Kind
    word: int
    word_end: int
    written: str
    heard: str
    begins: float
    ends: float
    unsure: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True)
class AsRead:
    """The whole reading in order, stretches as approved included. ``words`` are those of the text, ``kept`` those that
    were said as approved or are unsure, ``unsure`` the latter alone, ``added`` the words that are not of the text."""

    parts: tuple[Difference, ...]
    words: int
    kept: int
    unsure: int
    added: int

    @property
    def percent(self) -> int:
        """The share of the text that was read as approved, rounded down: 100 where nothing was left out or changed."""
        return 100 * self.kept // self.words if self.words else 100

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Everything but what was read as approved."""
        return tuple(part for part in self.parts if part.kind is not Kind.APPROVED)


@dataclass(frozen=True, slots=True)
class _Said:
    """A spoken word as heard: its token, the heard word that it is of, times and confidence."""

    token: str
    word: int
    start: float
    end: float
    confidence: float


@dataclass(frozen=True, slots=True)
class _Reading:
    """What was heard, when the reading began and ended by its log, and of which seconds nothing is known."""

    said: Sequence[_Said]
    begins: float | None
    ends: float | None
    unknown: tuple[tuple[float, float], ...]

    def gap(self, at: int) -> tuple[float, float]:
        """The seconds before the heard word ``at`` in which nothing was heard."""
        before = self.said[at - 1].end if 0 < at <= len(self.said) else self.begins
        after = self.said[at].start if at < len(self.said) else self.ends
        before = before if before is not None else (after or 0.0)
        after = after if after is not None else before
        return min(before, after), max(before, after)

    def unknown_before(self, at: int) -> float:
        """How many of the seconds before the heard word ``at`` nothing is known of; a reading may have begun somewhat
        before its log says, and ended after it.
        """
        begins, ends = self.gap(at)
        begins -= MARGIN if at == 0 else 0.0
        ends += MARGIN if at == len(self.said) else 0.0
        return sum(max(0.0, min(ends, last) - max(begins, first)) for first, last in self.unknown)


@dataclass(frozen=True, slots=True)
class _Block:
    """Units ``unit`` to ``unit_end`` of the text beside heard ``said`` to ``said_end``; ``same`` when they agree."""

    unit: int
    unit_end: int
    said: int
    said_end: int
    same: bool
    unsure: bool = False


def as_read(
    text: str | ScriptText,
    heard: Sequence[HeardWord],
    *,
    begins: float | None = None,
    ends: float | None = None,
    unknown: Sequence[tuple[float, float]] = (),
    lexicon: Mapping[str, str] | None = None,
) -> AsRead:
    """Lay what was heard beside the text. ``begins`` and ``ends`` are the seconds of the reading as its log has them:
    words outside, or at their very edge, with none of the text before or behind them, are not of this reading. Of the
    seconds ``unknown`` no words are given: what may have been said there is unsure. Any text and words will do."""
    script = text if isinstance(text, ScriptText) else ScriptText(text, lexicon=lexicon)
    said = _said(heard)
    pairs = _pairs(script.spoken, [one.token for one in said])
    first, last = _reach(pairs, said, begins, ends)
    inside = [pair for pair in pairs if first <= pair[1] < last]
    found = (part for block in _blocks(script, said, inside, first, last) for part in _split(script, said, block))
    reading = _Reading(said, begins, ends, tuple(unknown))
    blocks = [_judged(script, reading, block) for block in found]
    parts = tuple(_parts(script, heard, reading, _merged(blocks)))
    counted = [part for part in parts if part.kind is not Kind.ADDED]
    kept = sum(part.word_end - part.word for part in counted if part.kind is Kind.APPROVED or part.unsure)
    unsure = sum(part.word_end - part.word for part in counted if part.unsure and part.kind is not Kind.APPROVED)
    added = sum(len(part.heard.split()) for part in parts if part.kind is Kind.ADDED and not part.unsure)
    return AsRead(parts, len(script.words), kept, unsure, added)


def _said(heard: Sequence[HeardWord]) -> list[_Said]:
    said: list[_Said] = []
    for number, word in enumerate(heard):
        tokens = heard_tokens(word.word)
        step = (word.end - word.start) / max(1, len(tokens))
        for place, token in enumerate(tokens):
            start = word.start + place * step
            said.append(_Said(token, number, start, start + step, word.confidence))
    return said


def _reach(
    pairs: Sequence[tuple[int, int]], said: Sequence[_Said], begins: float | None, ends: float | None
) -> tuple[int, int]:
    """Which heard words are of the reading: those within its seconds, and those between words of the text."""
    first = next((at for at, one in enumerate(said) if begins is None or one.end > begins + _EDGE), len(said))
    last = next((at + 1 for at in reversed(range(len(said))) if ends is None or said[at].start < ends - _EDGE), 0)
    if pairs:
        first, last = min(first, pairs[0][1]), max(last, pairs[-1][1] + 1)
    return min(first, last), last


def _pairs(spoken: Sequence[str], said: Sequence[str], offset: tuple[int, int] = (0, 0)) -> list[tuple[int, int]]:
    """Which word of the text goes with which heard one: a global alignment (Needleman and Wunsch, 1970), cut into parts
    at runs of words that stand once in both where it would be too large."""
    if not spoken or not said:
        return []
    if len(spoken) * len(said) > _MOST_CELLS:
        found: list[tuple[int, int]] = []
        before = (0, 0)
        for at, other in [*_anchors(spoken, said), (len(spoken), len(said))]:
            part = (offset[0] + before[0], offset[1] + before[1])
            one, two = spoken[before[0] : at], said[before[1] : other]
            if len(one) * len(two) <= 4 * _MOST_CELLS:
                found += _pairs_of_part(one, two, part)
            before = (at, other)
        return found
    return _pairs_of_part(spoken, said, offset)


def _anchors(spoken: Sequence[str], said: Sequence[str]) -> list[tuple[int, int]]:
    """Places where both go on with the same rare run of words, in order in both, some way apart."""
    from bisect import bisect_left

    def once(words: Sequence[str]) -> dict[tuple[str, ...], int]:
        places: dict[tuple[str, ...], int] = {}
        for at in range(len(words) - _ANCHOR + 1):
            run = tuple(words[at : at + _ANCHOR])
            places[run] = -1 if run in places else at
        return {run: at for run, at in places.items() if at >= 0}

    ours, theirs = once(spoken), once(said)
    common = sorted((at, theirs[run]) for run, at in ours.items() if run in theirs)
    # The longest run of anchors that is in order in both (patience sorting).
    tails: list[int] = []
    heads: list[int] = []
    before: list[int] = []
    for number, (_, other) in enumerate(common):
        place = bisect_left(tails, other)
        tails[place : place + 1] = [other]
        heads[place : place + 1] = [number]
        before.append(heads[place - 1] if place else -1)
    chain: list[tuple[int, int]] = []
    at = heads[-1] if heads else -1
    while at >= 0:
        chain.append(common[at])
        at = before[at]
    apart: list[tuple[int, int]] = []
    for one, other in reversed(chain):
        if not apart or one - apart[-1][0] >= 200:
            apart.append((one, other))
    return apart


def _pairs_of_part(spoken: Sequence[str], said: Sequence[str], offset: tuple[int, int]) -> list[tuple[int, int]]:
    import numpy as np

    if not spoken or not said:
        return []
    gains = _gains(spoken, said)
    rows, columns = gains.shape
    falling = np.arange(columns + 1, dtype=np.float32) * _GAP
    scores = np.empty((rows + 1, columns + 1), np.float32)
    scores[0] = -falling
    for row in range(rows):
        best = np.empty(columns + 1, np.float32)
        best[0] = scores[row, 0] - _GAP
        best[1:] = np.maximum(scores[row, :-1] + gains[row], scores[row, 1:] - _GAP)
        # A gap among the heard words costs the same for each: the best start of it is a running maximum.
        scores[row + 1] = np.maximum.accumulate(best + falling) - falling
    return [(one + offset[0], other + offset[1]) for one, other in _traced(scores, gains)]


def _gains(spoken: Sequence[str], said: Sequence[str]) -> "NDArray[np.float32]":
    import numpy as np

    ours, theirs = list(dict.fromkeys(spoken)), list(dict.fromkeys(said))
    table = np.array([[likeness(one, other) for other in theirs] for one in ours], np.float32)
    place, other = {word: at for at, word in enumerate(ours)}, {word: at for at, word in enumerate(theirs)}
    alike = table[np.ix_([place[word] for word in spoken], [other[word] for word in said])]
    return np.where(alike >= SAME, 2 * alike - 1, -_LIKE * (1 - alike) - 0.2).astype(np.float32)


def _traced(scores: Any, gains: Any) -> list[tuple[int, int]]:
    row, column = gains.shape
    found: list[tuple[int, int]] = []
    while row and column:
        here = scores[row, column]
        if abs(here - (scores[row - 1, column - 1] + gains[row - 1, column - 1])) < 1e-3:
            row, column = row - 1, column - 1
            if gains[row, column] > 0:
                found.append((row, column))
        elif abs(here - (scores[row - 1, column] - _GAP)) < 1e-3:
            row -= 1
        else:
            column -= 1
    return found[::-1]


def _blocks(
    script: ScriptText, words: Sequence[_Said], pairs: Sequence[tuple[int, int]], first: int, last: int
) -> Iterator[_Block]:
    """Units that agree, and what lies between them."""
    with_words: dict[int, list[tuple[int, int]]] = {}
    for at, other in pairs:
        with_words.setdefault(script.unit_of[at], []).append((at, other))
    unit, said = 0, first
    for number, found in sorted(with_words.items()):
        whole = script.units[number]
        run = found[-1][1] - found[0][1] + 1
        if len(found) != whole.spoken_end - whole.spoken or run != len(found):
            continue  # not all of its words, or others between them: it is judged with what lies around it
        if any(likeness(script.spoken[at], words[other].token) < _SURE_WORD for at, other in found):
            continue
        if unit < number or said < found[0][1]:
            yield _Block(unit, number, said, found[0][1], same=False)
        yield _Block(number, number + 1, found[0][1], found[-1][1] + 1, same=True)
        unit, said = number + 1, found[-1][1] + 1
    if unit < len(script.units) or said < last:
        yield _Block(unit, len(script.units), said, last, same=False)


def _split(script: ScriptText, said: Sequence[_Said], block: _Block) -> Iterator[_Block]:
    """The block in parts, where one of its units was said in another of its ways, word for word."""
    tokens = [one.token for one in said[block.said : block.said_end]]
    for number in range(block.unit, block.unit_end if not block.same and tokens else block.unit):
        for way in sorted(script.units[number].ways[1:], key=len, reverse=True):
            at = next(
                (at for at in range(len(tokens) - len(way) + 1) if tuple(tokens[at : at + len(way)]) == way), None
            )
            if at is None or len("".join(way)) < _LEAST_LETTERS:
                continue
            begins, ends = block.said + at, block.said + at + len(way)
            if block.unit < number or block.said < begins:
                yield from _split(script, said, _Block(block.unit, number, block.said, begins, same=False))
            yield _Block(number, number + 1, begins, ends, same=True)
            if number + 1 < block.unit_end or ends < block.said_end:
                yield from _split(script, said, _Block(number + 1, block.unit_end, ends, block.said_end, same=False))
            return
    yield block


def _judged(script: ScriptText, reading: _Reading, block: _Block) -> _Block:
    """Whether what lies between agreeing units is the same after all, said in another way or misheard."""
    if block.same:
        return block
    heard = reading.said[block.said : block.said_end]
    units = script.units[block.unit : block.unit_end]
    wanted = [word for unit in units for word in script.spoken[unit.spoken : unit.spoken_end]]
    if not wanted:
        few = sum(len(one.token) for one in heard) <= _LEAST_LETTERS
        return replace(block, same=not heard, unsure=bool(heard) and (few or _are_doubtful(heard)))
    if not heard:
        return replace(block, unsure=_was_unheard(wanted, reading, block.said))
    alike = max(_likeness_of_lines(way, [one.token for one in heard]) for way in _ways_of(script, block))
    if alike >= _SAME_SAID:
        return replace(block, same=True)
    few = len(wanted) <= 4 and len(heard) <= 4
    doubtful = _are_doubtful(heard) and len(wanted) <= _MOST_DOUBTFUL
    return replace(block, unsure=(alike >= _MAYBE_SAID and few) or doubtful)


def _are_doubtful(heard: Sequence[_Said]) -> bool:
    """Whether the recogniser was not sure of these words itself."""
    return sum(one.confidence for one in heard) / len(heard) < _DOUBTFUL


def _likeness_of_lines(one: Sequence[str], other: Sequence[str]) -> float:
    """Of two rows of words written together, 0 to 1; they are not alike where their numbers differ."""
    score = likeness("".join(one)[:400], "".join(other)[:400])
    numbers = [[word for word in words if word in NUMBER_WORDS] for words in (one, other)]
    return score if numbers[0] == numbers[1] else min(score, _OTHER_NUMBERS)


def _ways_of(script: ScriptText, block: _Block) -> list[list[str]]:
    """Every way to say the units of a block; each unit that has several is varied by itself."""
    units = script.units[block.unit : block.unit_end]
    usual = [unit.ways[0] for unit in units]
    lines = [usual]
    for number, unit in enumerate(units):
        lines += [[*usual[:number], way, *usual[number + 1 :]] for way in unit.ways[1:]]
    return [[word for way in line for word in way] for line in lines]


def _was_unheard(wanted: Sequence[str], reading: _Reading, at: int) -> bool:
    """Whether there was time to say the words that were not heard: then the recogniser lost them, not the reader, or
    nobody listened.

    A word's time reaches to the beginning of the next one, as recognisers let a word end late.
    """
    said = reading.said
    paces = sorted((one.end - one.start) / _syllables(one.token) for one in said)
    pace = median(paces) if paces else 0.2
    if reading.unknown_before(at) >= _UNHEARD * pace * sum(_syllables(word) for word in wanted):
        return True
    if not 0 < at < len(said) or len(wanted) > 3:
        return False
    here = said[at].start - said[at - 1].start - _syllables(said[at - 1].token) * pace
    return here >= _UNHEARD * pace * sum(_syllables(word) for word in wanted)


def _syllables(token: str) -> int:
    return max(1, sum(sign in _VOWELS for sign in token))


def _merged(blocks: Sequence[_Block]) -> list[_Block]:
    """Neighbours of one kind as one."""
    merged: list[_Block] = []
    for block in blocks:
        if merged and (merged[-1].same, merged[-1].unsure) == (block.same, block.unsure):
            merged[-1] = replace(merged[-1], unit_end=block.unit_end, said_end=block.said_end)
        else:
            merged.append(block)
    return merged


def _parts(
    script: ScriptText, heard: Sequence[HeardWord], reading: _Reading, blocks: Sequence[_Block]
) -> Iterator[Difference]:
    said = reading.said
    for block in blocks:
        units = script.units[block.unit : block.unit_end]
        word = units[0].written if units else _written_before(script, block.unit)
        end = units[-1].written_end if units else word
        numbers = sorted({one.word for one in said[block.said : block.said_end]})
        kind = _kind(block, has_words=end > word, was_heard=bool(numbers))
        if kind is None:
            continue
        begins, ends = _seconds(reading, block)
        text = " ".join(heard[number].word.strip() for number in numbers)
        again = kind is Kind.ADDED and _is_of_text(script, said, block)
        yield Difference(kind, word, end, " ".join(script.words[word:end]), text, begins, ends, block.unsure, again)


def _kind(block: _Block, *, has_words: bool, was_heard: bool) -> Kind | None:
    if block.same:
        return Kind.APPROVED if has_words else None
    if has_words:
        return Kind.CHANGED if was_heard else Kind.LEFT_OUT
    return Kind.ADDED if was_heard else None


def _written_before(script: ScriptText, unit: int) -> int:
    return script.units[unit].written if unit < len(script.units) else len(script.words)


def _seconds(reading: _Reading, block: _Block) -> tuple[float, float]:
    """When it was said; of what was left out, the moment between its neighbours."""
    if block.said_end > block.said:
        return round(reading.said[block.said].start, 2), round(reading.said[block.said_end - 1].end, 2)
    begins, ends = reading.gap(block.said)
    return round(begins, 2), round(ends, 2)


def _is_of_text(script: ScriptText, said: Sequence[_Said], block: _Block) -> bool:
    """Whether added words stand in the text just before, and were said again."""
    added = [one.token for one in said[block.said : block.said_end]]
    reach = script.units[block.unit - 1].spoken_end if block.unit else 0
    near = script.spoken[max(0, reach - 3 * len(added) - 5) : reach + 2 * len(added) + 5]
    found = sum(1 for token in added if any(likeness(token, word) >= SAME for word in near))
    return len(added) > 1 and found >= 0.75 * len(added)
