"""How the road flows, and what stands in the way, from the phrases of the dictionaries."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from radiodesk.road.ports import Flow, Kind
from radiodesk.road.reading.road_words import Dictionaries
from radiodesk.road.reading.tokens import Post

GAP = 7
"""Words within which what befell a vehicle is named."""

REACH = 9
"""Words within which what changes stands before the change: "volume kendaraan di Jalan Raya Baureno meningkat"."""

_THERE_IS = frozenset({"ada", "adanya", "terjadi", "terdapat", "laporan", "kejadian", "sedang", "terpantau"})
_WEAK = frozenset({"antrean"})
"""Says that cars wait; what follows says how badly."""

_VAGUE = frozenset({"gangguan", "ganguan"})

_AGAINST = frozenset({"lawan", "vs", "versus", "kontra"})
_WITH = frozenset({"dan", "dengan", "sama"})

_TOWED = frozenset({"dievakuasi", "evakuasi", "terevakuasi", "diderek", "digeret", "dipinggirkan", "minggir"})

_SUBJECT = 8
"""Words before "sudah" within which it stands what was taken away."""

_MARKS = frozenset({",", ".", ";", ":", "!", "?"})
_AND = frozenset({"dan", "beserta", "serta", "&"})
_CARRIED = frozenset(
    {"dievakuasi", "evakuasi", "terevakuasi", "diangkat", "dipindah", "dipindahkan", "ditangani", "tertangani"}
)
"""What is done with people as well as with things."""

_PEOPLE = frozenset(
    {
        "korban", "pengemudi", "sopir", "supir", "penumpang", "pengendara", "pembonceng", "kernet", "kondektur",
        "jenazah", "warga", "orang", "pejalan", "pemotor", "anak", "masinis", "pelajar", "santri", "pekerja",
    }
)  # fmt: skip
_HOSPITALS = frozenset({"rs", "rsud", "rumah", "puskesmas", "igd", "klinik", "ambulans"})
_NOT_YET = frozenset(
    {
        "ada", "tiba", "menuju", "datang", "dikirim", "petugas", "polisi", "untuk", "proses", "mulai", "akan", "sedang",
        "siap", "disiapkan", "coba", "dicoba", "berusaha", "upaya", "diupayakan", "bisa", "tim", "lokasi",
    }
)  # fmt: skip
"""Between "sudah" and what is done these say that somebody is at it."""

_IN_PART = frozenset({"sebagian", "separuh", "separo", "setengah", "sedikit"})

CLOSING = frozenset({"ditutup", "dialihkan"})
PAST = frozenset({"setelah", "sesudah", "sempat", "usai", "tadinya", "bekas"})
"""Before a closure these say that it was."""

JAMS = frozenset({"padat", "padat merayap", "tersendat", "macet"})


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase with its range of words."""

    label: str
    start: int
    end: int


def find_flows(post: Post, known: Dictionaries) -> list[Found]:
    """Every statement of flow in the order of the text.

    Jams that are denied count as "lancar" and averted ones not. A closure that is denied, or told as past, counts as
    none; one that holds no longer as "lancar".
    """
    found: list[Found] = []
    for start, end, label in known.flows.find(post.words):
        before = post.words[max(0, start - 3) : start]
        if label in CLOSING:
            none = _closure_is_none(post, start, end, known)
            if none == "ended":
                found.append(Found("lancar", start - 1, end))
            if none:
                continue
        if label in JAMS and not known.averted.isdisjoint(before):
            continue
        if before and before[-1] in known.negated and label != "ditutup":
            if label in JAMS or label == "ramai lancar":
                found.append(Found("lancar", start - 1, end))
            elif label == "lancar":
                found.append(Found("tersendat", start - 1, end))
            continue
        found.append(Found(label, start, end))
    return found


def _closure_is_none(post: Post, start: int, end: int, known: Dictionaries) -> str:
    """ "denied" of "tidak ditutup", "ended" of "tidak lagi ditutup", "over" of "setelah ditutup", else ""."""
    words = post.words
    before = words[max(0, start - 3) : start]
    # "Lagi" in standard spelling is "sedang", which it means before a verb that is not denied.
    inner = before[-1:] == ["sedang"]
    first = start - 2 if inner else start - 1
    if first >= 0 and words[first] in known.negated:
        again = [post.surface(index, index + 1).lower() for index in (start - 1, end) if index < len(words)]
        no_more = "lagi" in again or "sudah" in words[max(0, first - 1) : first]
        return "ended" if no_more and words[first] != "belum" else "denied"
    return "over" if not PAST.isdisjoint(before[-2:]) else ""


def closures_that_are_none(post: Post, known: Dictionaries) -> list[tuple[int, int]]:
    """The ranges of words that name a closure that is denied or over."""
    closures = [(start, end) for start, end, label in known.flows.find(post.words) if label in CLOSING]
    return [(start, end) for start, end in closures if _closure_is_none(post, start, end, known)]


def find_changes(post: Post, known: Dictionaries) -> list[tuple[int, int]]:
    """Where it says that traffic grows or eases, or that nobody queues, as ranges of words."""
    words, found = post.words, list[tuple[int, int]]()
    if known.changing.isdisjoint(words) and "antrean" not in words:
        return found
    for index, word in enumerate(words):
        if word in known.changing:
            near = words[max(0, index - REACH) : index + 3]
            behind = words[index + 1 : index + 2]
            eased = word in known.easing and not known.begun.isdisjoint(words[max(0, index - 2) : index])
            # "Petugas mengurai kepadatan" tells what is done against one.
            worked_at = word == "mengurai" and not known.changed.isdisjoint(behind)
            if (eased or not known.changed.isdisjoint(near)) and not worked_at and known.unchanged.isdisjoint(near):
                found.append((index, index + 1))
        elif word == "antrean" and known.unchanged.isdisjoint(words[index + 1 : index + 4]):
            behind = words[index + 1 : index + 2]
            denied = not known.negated.isdisjoint(words[max(0, index - 2) : index])
            if behind == ["habis"] or (denied and known.queued.issuperset(behind)):
                found.append((index, index + 1))
    return found


def find_removals(post: Post, known: Dictionaries) -> list[tuple[int, int]]:
    """Where it says that a vehicle was taken away, whatever befell it: "truk di Jetak sudah dievakuasi"."""
    words = post.words
    if known.vehicles.isdisjoint(words):
        return []
    first = next(index for index, word in enumerate(words) if word in known.vehicles)
    for index, removed in find_gone(post, known):
        if index > first and words[removed] in _TOWED:
            return [(index, index + 1)]
    return []


def find_gone(post: Post, known: Dictionaries) -> list[tuple[int, int]]:
    """Where it says that what stood in the way was taken away: the positions of "sudah" and of "dievakuasi".

    Not where people were ("korban sudah dievakuasi"), somebody is only there to do it ("sudah ada petugas evakuasi"),
    or a part alone is gone ("dipotong sebagian").
    """
    return [pair for pair in _removals(post, known) if _is_thing_gone(post.words, *pair, known)]


def people_helped(post: Post, known: Dictionaries) -> set[int]:
    """Positions of the words that seem to say that a thing is gone and do not."""
    return {index for pair in _removals(post, known) if not _is_thing_gone(post.words, *pair, known) for index in pair}


def _removals(post: Post, known: Dictionaries) -> list[tuple[int, int]]:
    words = post.words
    found = []
    for index, word in enumerate(words):
        if word in known.done:
            behind = range(index + 1, min(index + 4, len(words)))
            removed = next((far for far in behind if words[far] in known.removed), None)
            if removed is not None:
                found.append((index, removed))
    return found


def _is_thing_gone(words: list[str], done: int, removed: int, known: Dictionaries) -> bool:
    between, behind = words[done + 1 : removed], words[removed + 1 : removed + 4]
    if not _NOT_YET.isdisjoint(between) or not known.negated.isdisjoint(words[max(0, done - 2) : done]):
        return False
    begin = done
    while begin and words[begin - 1] not in _MARKS and done - begin < _SUBJECT:
        begin -= 1
    subject = words[begin:done]
    if not _IN_PART.isdisjoint([*subject[-3:], *between, *behind[:2]]):
        return False
    if words[removed] not in _CARRIED:
        return True
    if not _HOSPITALS.isdisjoint(behind) or not _PEOPLE.isdisjoint(behind[:2]):
        return False
    if not subject and begin > 1:
        # "Korban luka, sudah dievakuasi": said of what stands before the mark.
        last = begin - 1
        begin = last
        while begin and words[begin - 1] not in _MARKS and last - begin < _SUBJECT:
            begin -= 1
        subject = words[begin:last]
    parts: list[list[str]] = [[]]
    for word in subject:
        if word in _AND:
            parts.append([])
        else:
            parts[-1].append(word)
    peopled = [not _PEOPLE.isdisjoint(part) for part in parts]
    things = [not known.parts_of_vehicles.isdisjoint(part) for part in parts]
    return not any(peopled) or any(thing and not people for thing, people in zip(things, peopled, strict=True))


def choose_flow(flows: list[Found], post: Post, known: Dictionaries) -> Flow | None:
    """The flow that the post is about: what holds now before what was, else the first; closures by noun come last."""
    now = [end for _, end, _ in known.now.find(post.words)]
    if len(flows) > 1 and now and flows[0].end <= now[-1]:
        later = [flow for flow in flows if flow.start >= now[-1]]
        flows = later or flows
    if len(flows) > 1 and post.words[flows[0].end - 1] in _WEAK and flows[1].label in JAMS:
        between = post.words[flows[0].end : flows[1].start]
        if len(between) < GAP and not known.toward.intersection(between) and "," not in between:
            flows = flows[1:]
    for flow in flows:
        return cast(Flow, flow.label)
    for start, _, label in known.flow_nouns.find(post.words):
        if not _is_denied(post.words, start, known) and PAST.isdisjoint(post.words[max(0, start - 2) : start]):
            return cast(Flow, label)
    return None


@dataclass(frozen=True, slots=True)
class Obstacle:
    """``text`` is the wording of the post; ``kind`` a Kind of the traffic room."""

    text: str
    kind: Kind
    start: int
    end: int


def find_obstacles(post: Post, known: Dictionaries) -> list[Found]:
    """Every obstacle in the order of the text, its kind as label; those denied or averted are none."""
    found = []
    for start, end, kind in known.obstacles.find(post.words):
        before = post.words[max(0, start - 2) : start]
        if known.averted.isdisjoint(before) and not _is_denied(post.words, start, known):
            found.append(Found(kind, start, end))
    return found or _mishaps(post, known)


def _is_denied(words: list[str], start: int, known: Dictionaries) -> bool:
    """Whether it says before ``start`` that there is none: "tidak kecelakaan", "tidak ada kejadian kecelakaan"."""
    for _ in range(3):
        if start and words[start - 1] in known.negated:
            return True
        if not start or words[start - 1] not in _THERE_IS:
            return False
        start -= 1
    return False


def taken(post: Post, found: Iterable[Found], known: Dictionaries) -> set[int]:
    """Positions of words that can be of no place: those found, but not the name in "traffic light Sumbang padam"."""
    indices: set[int] = set()
    for one in found:
        named = one.end - one.start > 2 and post.words[one.start] not in known.vehicles and _has_gap(post, one, known)
        indices.update((one.start, one.end - 1) if named else range(one.start, one.end))
    return indices


def _has_gap(post: Post, found: Found, known: Dictionaries) -> bool:
    return known.obstacles.at(post.words, found.start) is None and known.flows.at(post.words, found.start) is None


def _mishaps(post: Post, known: Dictionaries) -> list[Found]:
    """A thing and what befell it, with other words between: "truk molen B 9001 XY terguling"."""
    for index, word in enumerate(post.words):
        befalls = known.mishaps.get("vehicle" if word in known.vehicles else word)
        if befalls is None:
            continue
        for far in range(index + 1, min(index + GAP, len(post.words))):
            after = post.words[far]
            if after in befalls:
                begin = index - 1 if index and post.words[index - 1] in ("traffic", "lampu") else index
                return [Found(befalls[after], begin, far + 1)]
            if after in known.toward or after in known.vehicles or after in (".", ",", "di", "ke"):
                break
    return []


def parties(post: Post, known: Dictionaries, accident: Obstacle) -> str:
    """Who met in an accident, where the post names both right behind it or one against the other."""
    things = known.parts_of_vehicles
    if not things.isdisjoint(post.words[accident.start : accident.end]):
        return ""
    for index, word in enumerate(post.words):
        first = index
        while first and post.words[first - 1] in things:
            first -= 1
        last = index + 1
        while last < len(post.words) and post.words[last] in things:
            last += 1
        behind = first == accident.end or (first == accident.end + 1 and post.words[accident.end] == "antara")
        if first < index < last - 1 and (word in _AGAINST or (word in _WITH and behind)):
            return f"{' '.join(post.words[first:index])} dan {' '.join(post.words[index + 1 : last])}"
    return ""


def gravest(post: Post, found: list[Found], known: Dictionaries) -> Obstacle | None:
    """Of obstacles the one of the gravest kind, in its first wording."""
    if not found:
        return None
    # "Truk mengalami gangguan pecah ban": the trouble that is named tells more than that there is one.
    one = min(found, key=lambda one: (known.obstacle_order[one.label], post.words[one.end - 1] in _VAGUE))
    return Obstacle(post.surface(one.start, one.end), cast(Kind, one.label), one.start, one.end)
