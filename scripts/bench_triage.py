"""How often triage is right: on complaints that citizens wrote, and on the project's own labelled messages.

    python scripts/bench_triage.py [../shared/data/reports/complaints.tsv]

The complaints carry a city office's own topics, mapped below. Neither half of them is blind: some 300 lines of all
topics were read before the rules were written, misses were read in the even half only, and the odd half was counted
again after each change. A text classifier that is trained on the even half and thrown away shows what the data
would allow; it saw nothing of the odd half, so it is at a disadvantage. Nothing trained on the complaints is
shipped.
"""

import csv
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from radiodesk.language.triage import triage

ROOT = Path(__file__).parents[1]
OWN = ROOT / "tests" / "language" / "triage" / "fixtures" / "triage.tsv"
COMPLAINTS = ROOT.parent / "shared" / "data" / "reports" / "complaints.tsv"

GROUPS = {
    "lampu_lalu_lintas": "lalu_lintas",
    "rambu": "lalu_lintas",
    "pelanggaran_lalu_lintas": "lalu_lintas",
    "kemacetan": "lalu_lintas",
    "kecelakaan": "lalu_lintas",
    "bencana": "genangan_banjir",
    "kebisingan": "ketertiban",
    "premanisme": "ketertiban",
    "penganiayaan": "ketertiban",
}
"""Category of ours → topic of the office, where the two have different names."""

Rows = Sequence[dict[str, str]]


def read(path: Path) -> list[dict[str, str]]:
    """The rows of a TSV file with a heading."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def group(text: str) -> str:
    """The office's topic for a message, by our rules."""
    category = triage(text).category
    return GROUPS.get(category, category)


def trained(rows: Rows) -> Callable[[str], str]:
    """A plain classifier over word and letter n-grams, for comparison only."""
    model = make_pipeline(
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=2), LogisticRegression(C=20, max_iter=2000)
    )
    model.fit([row["text"] for row in rows], [row["group"] for row in rows])
    return lambda text: str(model.predict([text])[0])


def shares(rows: Rows, answer: Callable[[str], str]) -> dict[str, float]:
    """Share right for each topic, and for all of them under the key "all"."""
    total: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for row in rows:
        hit = answer(row["text"]) == row["group"]
        for key in (row["group"], "all"):
            total[key] += 1
            right[key] += hit
    return {key: right[key] / total[key] for key in total}


def complaints(console: Console, rows: Rows) -> None:
    """Print what share of each topic is found in either half."""
    even, odd = rows[::2], rows[1::2]
    columns = [shares(even, group), shares(odd, group), shares(odd, trained(even))]
    table = Table(
        "topic of the office", "lines", "rules, even half", "rules, odd half", "trained, odd half", title="Complaints"
    )
    sizes = Counter(row["group"] for row in rows)
    for topic, size in [*sizes.most_common(), ("all", len(rows))]:
        table.add_row(topic, str(size), *(f"{column[topic]:.1%}" for column in columns))
    console.print(table)


def own(console: Console, rows: Rows) -> None:
    """Print the share of our own labelled messages with the right category, unit and urgency."""
    started = time.perf_counter()
    answers = [triage(row["text"]) for row in rows]
    milliseconds = (time.perf_counter() - started) * 1000 / len(rows)
    table = Table("own messages", "lines", "right", title=f"Own messages, {milliseconds:.1f} ms each")
    fields: Iterable[str] = ("category", "unit", "urgency")
    for field in fields:
        right = sum(getattr(answer, field) == row[field] for answer, row in zip(answers, rows, strict=True))
        table.add_row(field, str(len(rows)), f"{right / len(rows):.1%}")
    console.print(table)


def main() -> None:
    """Print both tables."""
    console = Console()
    own(console, read(OWN))
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else COMPLAINTS
    if path.exists():
        complaints(console, read(path))
    else:
        console.print(f"No complaints at {path}: only the project's own messages were measured.")


if __name__ == "__main__":
    main()
