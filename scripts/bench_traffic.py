"""Measures the traffic room on labelled posts.

    python scripts/bench_traffic.py ../shared/data/reports [--errors NAME]

NAME is one of traffic, time, flow, at, obstacle, same, hard, talk: the mistakes of that measure are listed.
What is learned is judged on sources that it was not trained on. scikit-learn makes the plain comparisons.
"""

import argparse
import json
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from radiodesk.language.places.finder import PlaceFinder
from radiodesk.language.places.pack import load_pack
from radiodesk.road.bulletin import compose
from radiodesk.road.fusion import fuse
from radiodesk.road.reading import Reading, read_report
from radiodesk.road.reading.linear_model import LinearModel
from radiodesk.road.reading.road_words import dictionaries
from radiodesk.road.reading.tokens import read_post
from radiodesk.road.same_event import same_event
from scripts.train_traffic import Rows, read_rows, train
from tests.factories.traffic import many_reports

AREA = "bojonegoro"
FIXTURES = Path(__file__).parent.parent / "tests/road/fixtures"

FLOW_OF_LABEL = {
    "cukup padat": "padat", "ramai cenderung padat": "padat", "ramai": "ramai lancar", "perlambatan": "tersendat",
    "cukup tersendat": "tersendat",
}  # fmt: skip
"""Labels of the structured posts that are not flows of ours. «kondusif» and «aman terkendali» are left out: they tell
of order, mostly at closures, and name no flow."""

UNMEASURED = frozenset({"kondusif", "aman terkendali"})


@dataclass
class Score:
    """Counts of a yes-or-no question, and the cases that went wrong."""

    right_yes: float = 0.0
    said: float = 0.0
    true: float = 0.0
    wrong: list[str] = field(default_factory=list)

    def add(self, said: bool, true: bool, case: str) -> None:
        self.right_yes += said and true
        self.said += said
        self.true += true
        if said != true:
            self.wrong.append(f"{'false' if said else 'missed'}: {case}")

    @property
    def f1(self) -> float:
        return 2 * self.right_yes / (self.said + self.true) if self.said + self.true else 1.0


def tokens(wording: str | None) -> list[str]:
    return re.findall(r"[^\W_]+", (wording or "").lower())


def token_f1(pairs: Iterable[tuple[str | None, str | None]]) -> float:
    """Token F1 over all pairs of (said, true) wordings, counted together."""
    right = said = true = 0
    for ours, gold in pairs:
        mine, theirs = tokens(ours), tokens(gold)
        said, true = said + len(mine), true + len(theirs)
        for word in mine:
            if word in theirs:
                theirs.remove(word)
                right += 1
    return 2 * right / (said + true) if said + true else 1.0


def traffic_or_not(rows: Rows) -> dict[str, Score]:
    """Each traffic source in turn with a fifth of the random posts is judged by what was trained on the others."""
    sources = sorted({source for _, label, source in rows if label == "traffic"})
    others = [row for row in rows if row[1] != "traffic"]
    judges: dict[str, Score] = {name: Score() for name in ("keyword", "tfidf", "rules", "model", "reader")}
    for number, source in enumerate(sources):
        held = [row for row in rows if row[2] == source] + others[number :: len(sources)]
        held_texts = {id(row) for row in held}
        rest = [row for row in rows if id(row) not in held_texts]
        judge = _judges(rest)
        for text, label, _ in held:
            for name, decide in judge.items():
                judges[name].add(decide(text), label == "traffic", f"{source}: {text}")
    return judges


def _judges(rest: Rows) -> dict[str, Callable[[str], bool]]:
    model = LinearModel(*train(rest))
    silent = LinearModel({}, -9.0)
    vectors = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    plain = LogisticRegression(C=10.0, max_iter=1000)
    plain.fit(vectors.fit_transform([text for text, _, _ in rest]), [label == "traffic" for _, label, _ in rest])
    return {
        "keyword": lambda text: re.search(r"lalin|lalu ?lintas|\barus\b", text, re.I) is not None,
        "tfidf": lambda text: bool(plain.predict(vectors.transform([text]))[0]),
        "rules": lambda text: read_report(text, model=silent).is_traffic,
        "model": lambda text: model.score(read_post(text, dictionaries())) >= 0.5,
        "reader": lambda text: read_report(text, model=model).is_traffic,
    }


def structured(path: Path) -> dict[str, tuple[float, list[str]]]:
    """Time, flow, place and obstacle on the structured posts; place as token F1, obstacle as found and as words."""
    gold = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    read = [read_report(case["text"]) for case in gold]
    measured = [(ours, case) for ours, case in zip(read, gold, strict=True) if case["flow"] not in UNMEASURED]
    flows = [(ours, case, FLOW_OF_LABEL.get(case["flow"], case["flow"])) for ours, case in measured]
    obstacle = Score()
    for ours, case in zip(read, gold, strict=True):
        obstacle.add(
            ours.obstacle is not None, case["obstacle"] is not None, _show(ours.obstacle, case["obstacle"], case)
        )
    pairs = list(zip(read, gold, strict=True))
    return {
        "time": _share([(ours.time == case["time"], _show(ours.time, case["time"], case)) for ours, case in pairs]),
        "flow": _share([(ours.flow == flow, _show(ours.flow, flow, case)) for ours, case, flow in flows]),
        "at": (
            token_f1((ours.at, case["at"]) for ours, case in pairs),
            [_show(o.at, c["at"], c) for o, c in pairs if sorted(tokens(o.at)) != sorted(tokens(c["at"]))],
        ),
        "obstacle": (obstacle.f1, obstacle.wrong),
        "obstacle words": (
            token_f1((ours.obstacle, case["obstacle"]) for ours, case in pairs),
            [_show(o.obstacle, c["obstacle"], c) for o, c in pairs if tokens(o.obstacle) != tokens(c["obstacle"])],
        ),
    }


def _show(said: object, true: object, case: dict[str, object]) -> str:
    return f"said {said!r}, labelled {true!r}: {case['text']}"


def _share(cases: list[tuple[bool, str]]) -> tuple[float, list[str]]:
    return sum(right for right, _ in cases) / len(cases), [text for right, text in cases if not right]


Pair = tuple[str, str, str, str, bool]
"""Text and time of the one, text and time of the other, and whether they are one event."""


def labelled_pairs(path: Path) -> list[Pair]:
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    return [(a, at_a, b, at_b, label == "similar") for at_a, a, at_b, b, label in rows]


def hard_pairs(path: Path) -> list[Pair]:
    cases = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [(case["a"], case["time_a"], case["b"], case["time_b"], case["same"]) for case in cases]


def same_or_not(pairs: list[Pair]) -> tuple[Score, float]:
    """Our score, and the F1 of plain TF-IDF cosine at the threshold that suits these very pairs best."""
    score = Score()
    for a, at_a, b, at_b, same in pairs:
        answer = same_event(a, at_a, b, at_b)
        score.add(answer.same, same, f"{answer.score}: {a} ({at_a}) | {b} ({at_b})")
    vectors = TfidfVectorizer()
    matrix = vectors.fit_transform([pair[0] for pair in pairs] + [pair[2] for pair in pairs])
    left, right = matrix[: len(pairs)], matrix[len(pairs) :]
    cosines = left.multiply(right).sum(axis=1).A1
    best = 0.0
    for threshold in (step / 100 for step in range(5, 100)):
        plain = Score()
        for cosine, pair in zip(cosines, pairs, strict=True):
            plain.add(bool(cosine > threshold), pair[4], "")
        best = max(best, plain.f1)
    return score, best


ROUNDS = 8
"""Timings are taken so often and the best one counts: what else a machine does can only make it slower."""


def best(work: Callable[[], object]) -> float:
    """Seconds of one core's time that a piece of work takes."""
    taken = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return min(taken)


def speed(texts: list[str], finder: PlaceFinder | None = None) -> float:
    """Posts read in a second of one core's time; with a finder also their places, as ``radiodesk pipe reports``."""

    def read() -> None:
        for text in texts:
            json.dumps(read_report(text, finder=finder).as_json(), ensure_ascii=False)

    return len(texts) / best(read)


def ten_thousand() -> tuple[float, float]:
    """Seconds to fuse 10,000 live reports, and to compile a bulletin of 120 seconds out of them."""
    pack, at = load_pack(AREA), datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
    reports = many_reports(10_000, pack, at=at)
    conditions = fuse(reports, at)
    fusing = best(lambda: fuse(reports, at))
    return fusing, best(lambda: compose(conditions, at=at, seconds=120, pack=pack))


def talk(path: Path) -> Score:
    """The project's own posts that are hard to tell from reports."""
    score = Score()
    for line in path.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        ours: Reading = read_report(case["text"])
        score.add(ours.is_traffic, case["is_traffic"], f"{ours.reason or '-'}: {case['text']}")
    return score


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder with the labelled posts")
    parser.add_argument("--errors", help="list the mistakes of one measure")
    given = parser.parse_args()
    rows = read_rows(given.folder / "traffic_or_not.tsv")
    judges = traffic_or_not(rows)
    mistakes = {"traffic": judges["reader"].wrong}
    print("traffic or not, on sources never seen (F1)")
    for name, score in judges.items():
        print(f"  {name:<16}{score.f1:.4f}")
    for name, (value, wrong) in structured(given.folder / "tmc_structured.jsonl").items():
        print(f"{name:<18}{value:.4f}")
        mistakes[name] = wrong
    for name, pairs in (
        ("same", labelled_pairs(given.folder / "same_event_pairs.tsv")),
        ("hard", hard_pairs(FIXTURES / "hard_pairs.jsonl")),
    ):
        score, plain = same_or_not(pairs)
        print(f"{name + ' event F1':<18}{score.f1:.4f}   TF-IDF cosine at its best {plain:.4f}   {len(pairs)} pairs")
        mistakes[name] = score.wrong
    hard = talk(FIXTURES / "hard_talk.jsonl")
    mistakes["talk"] = hard.wrong
    print(f"{'hard talk F1':<18}{hard.f1:.4f}   {len(hard.wrong)} wrong")
    texts = [text for text, _, _ in rows]
    finder = PlaceFinder(load_pack(AREA))
    print(f"posts a second    {speed(texts):.0f} reading alone, {speed(texts, finder):.0f} with places")
    fusing, composing = ten_thousand()
    print(f"10,000 reports    fused in {fusing:.2f} s, compiled in {composing:.2f} s")
    if given.errors:
        print("\n".join(mistakes[given.errors]))


if __name__ == "__main__":
    main()
