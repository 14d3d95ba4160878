"""Build the small language model that chooses among a recogniser's guesses.

    python scripts/build_lm.py --areas radiodesk/language/places/packs --posts ../shared/data/reports/traffic_or_not.tsv

It counts words and their neighbours in four sources and writes nothing else: sentences that this project wrote for the
purpose (``scripts/lm_text``, whose slots are filled with numbers and place names by a fixed seed), spoken numbers, the
names of the area packs, and, where they are given, posts of traffic accounts (Apache-2.0: counts only) and the desk's
own corrected transcripts (``--corrected``, a text a line). The result is a gzip of tab-separated counts.

``--words`` takes the lexicon of the PyPI package g2p-id-py (bookbot, Apache-2.0), ``g2p_id/resources/lexicon_id.tsv``,
and writes its words beside the counts: as often as the posts use each, and a third of a time more.
"""

import argparse
import csv
import gzip
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from radiodesk.language.digit_words import cardinal, spell

ORDER = 3
SEED = 1871
UNSEEN = 0.3
TEXT = Path(__file__).parent / "lm_text"
TARGET = Path(__file__).parents[1] / "radiodesk" / "recognition" / "data" / "id.lm.gz"
ITEMS = (
    "beras", "cabai", "pupuk", "bensin", "solar", "gas", "motor", "mobil", "sepeda", "tas", "dompet", "laptop", "emas",
    "sapi", "kambing", "helm", "ban", "oli", "paket", "obat", "susu", "telur", "ayam", "daging", "ikan", "bawang",
    "gula", "minyak", "semen", "kamar", "makanan", "bus", "kereta", "pesawat", "tiket",
)  # fmt: skip
NAMES = (
    "budi", "siti", "agus", "sri", "slamet", "wati", "joko", "yanto", "sumarni", "rahmat", "dewi", "eko", "tri",
    "wahyu", "nur", "hadi", "suparno", "lestari",
)  # fmt: skip
MATTERS = (
    "kehilangan", "pencurian motor", "jalan rusak", "jalan berlubang", "lampu jalan mati", "parkir liar",
    "kecelakaan", "penipuan", "banjir", "keributan", "balap liar", "pungli", "tabrak lari", "kebakaran",
)  # fmt: skip


class Filler:
    """Fills the slots of a template from one seeded source of chance."""

    def __init__(self, chance: random.Random, places: list[str]) -> None:
        self.chance = chance
        self.places = places or ["kota"]

    def __call__(self, template: str) -> str:
        text = re.sub(r"\(([^()]*)\)", lambda found: self.chance.choice(found[1].split("|")), template)
        text = re.sub(r"\{(\w+)\}", lambda found: getattr(self, found[1])(), text)
        return " ".join(text.split())

    def place(self) -> str:
        return self.chance.choice(self.places)

    def name(self) -> str:
        return self.chance.choice(NAMES)

    def item(self) -> str:
        return self.chance.choice(ITEMS)

    def matter(self) -> str:
        return self.chance.choice(MATTERS)

    def digits(self) -> str:
        zero = self.chance.choice(["nol", "kosong"])
        count = self.chance.choice([2, 3, 3, 4, 4, 5, 5, 6, 7, 8])
        return spell("".join(str(self.chance.randrange(10)) for _ in range(count)), zero=zero)

    def phone(self) -> str:
        zero = self.chance.choice(["nol", "kosong"])
        head = self.chance.choice(["08", "08", "0353", "021", "031", "", ""])
        rest = "".join(str(self.chance.randrange(10)) for _ in range(self.chance.randrange(5, 10)))
        return spell(head + rest, zero=zero)

    def number(self) -> str:
        return cardinal(self.chance.choice([self.chance.randrange(1, 13), self.chance.randrange(1, 100),
                                            self.chance.randrange(1, 1000), self.chance.randrange(1, 31)]))  # fmt: skip

    def money(self) -> str:
        amount = self.chance.choice(
            [
                self.chance.randrange(1, 100) * 1000,
                self.chance.randrange(1, 20) * 50_000,
                self.chance.randrange(1, 10) * 1_000_000,
                self.chance.randrange(1, 200) * 50_000 + 1_000_000,
                self.chance.randrange(1, 1000) * 1000,
                self.chance.randrange(1, 900) * 1_000_000,
            ]
        )
        return cardinal(amount) + self.chance.choice([" rupiah", " rupiah", ""])

    def clock(self) -> str:
        hour = cardinal(self.chance.randrange(1, 13))
        minute = cardinal(self.chance.choice([5, 10, 15, 20, 25, 30, 40, 45, 50]))
        return self.chance.choice(
            [
                hour,
                f"setengah {hour}",
                f"{hour} lewat {minute}",
                f"{hour} kurang {minute}",
                f"{hour} lebih {minute} menit",
            ]
        )


def place_names(areas: Path) -> list[str]:
    """Every name of the area packs, in lower case words."""
    names: set[str] = set()
    for table in sorted(areas.glob("*/*.tsv")):
        lines = [line for line in table.read_text("utf-8").splitlines() if line and not line.startswith("#")]
        for row in csv.DictReader(lines, delimiter="\t"):
            for field in ("name", "aliases"):
                names.update(part.strip() for part in (row.get(field) or "").split("|") if part.strip())
    return sorted({" ".join(words(name)) for name in names} - {""})


def written_text(places: list[str], rounds: int) -> Iterator[str]:
    """The project's own sentences, each filled ``rounds`` times, and the area's names by themselves."""
    fill = Filler(random.Random(SEED), places)  # noqa: S311
    for path in sorted(TEXT.glob("*.txt")):
        for template in path.read_text("utf-8").splitlines():
            if template and not template.startswith("#"):
                for _ in range(rounds):
                    yield fill(template)
    yield from places


def texts_of(path: Path | None) -> Iterator[str]:
    """Public posts, stripped of handles, links and tags."""
    if path:
        for row in csv.reader(path.open(encoding="utf-8"), delimiter="\t"):
            yield re.sub(r"@\w+|#\w+|https?://\S+|…|\bRT\b", " ", row[0])


def words(text: str) -> list[str]:
    """Lower-case words; digits are left out, since nobody knows how they were said."""
    return re.findall(r"[a-z]+(?:'[a-z]+)?|\d+", text.lower().replace("-", " "))


def count(texts: Iterable[str], least: int) -> Counter[tuple[str, ...]]:
    """How often each run of one to three words occurs, sentence ends included, rare long runs left out."""
    counts: Counter[tuple[str, ...]] = Counter()
    for text in texts:
        for piece in re.split(r"\d+|[.!?;\"]", text):
            found = words(piece)
            if found:
                line = ["<s>", *found, "</s>"]
                for order in range(1, ORDER + 1):
                    counts.update(tuple(line[at : at + order]) for at in range(len(line) - order + 1))
    return Counter({run: times for run, times in counts.items() if len(run) == 1 or times >= least})


def write_words(lexicon: Path, posts: Path | None, target: Path) -> None:
    """The words of a lexicon with their share of all words of the posts, per thousand million."""
    column = (line.partition("\t")[0].lower() for line in lexicon.read_text("utf-8").splitlines())
    known = sorted({word for word in column if re.fullmatch("[a-z]{2,}", word)})
    used = Counter(word for text in texts_of(posts) for word in words(text))
    total = sum(used.values()) + UNSEEN * len(known)
    notice = (
        "# Words of the lexicon of g2p-id-py 0.4.2, Copyright 2023 PT BOOKBOT INDONESIA, Apache License 2.0, with "
        "counts of twit-macet-mining, Apache License 2.0; per thousand million words"
    )
    lines = [notice, *(f"{word}\t{round((used[word] + UNSEEN) / total * 1e9)}" for word in known)]
    with gzip.GzipFile(target, "wb", mtime=0) as out:
        out.write("\n".join(lines).encode())
    print(f"{target}: {target.stat().st_size:,} bytes, {len(known):,} words")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--areas", type=Path, default=Path("radiodesk/language/places/packs"))
    parser.add_argument("--posts", type=Path)
    parser.add_argument("--corrected", type=Path)
    parser.add_argument("--rounds", type=int, default=400)
    parser.add_argument("--target", type=Path, default=TARGET)
    parser.add_argument("--words", type=Path)
    arguments = parser.parse_args()
    if arguments.words:
        write_words(arguments.words, arguments.posts, arguments.target.with_name("id.words.gz"))
    own = count(written_text(place_names(arguments.areas), arguments.rounds), least=2)
    corrected = arguments.corrected.read_text("utf-8").splitlines() if arguments.corrected else []
    own.update(count(corrected, least=1))
    public = count(texts_of(arguments.posts), least=2)
    public = Counter({run: times for run, times in public.items() if len(run) > 1 or times > 1})
    arguments.target.parent.mkdir(parents=True, exist_ok=True)
    with gzip.GzipFile(arguments.target, "wb", mtime=0) as out:
        for name, counts in (("trade", own), ("public", public)):
            for run, times in sorted(counts.items()):
                out.write(f"{name}\t{' '.join(run)}\t{times}\n".encode())
    print(f"{arguments.target}: {arguments.target.stat().st_size:,} bytes, {len(own):,} and {len(public):,} runs")


if __name__ == "__main__":
    main()
