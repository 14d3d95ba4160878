"""Makes the counted and the learned parts of the traffic room from public posts.

python scripts/train_traffic.py --words ../shared/data/reports/traffic_or_not.tsv
"""

import argparse
import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent


def count_words(posts: Path, target: Path) -> None:
    """Everyday vocabulary: words written three times or more, mostly in small letters, in posts on no subject."""
    small: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    for line in posts.read_text(encoding="utf-8").splitlines()[1:]:
        text, label, _ = line.split("\t")
        if label != "other":
            continue
        for word in re.findall(r"[^\W\d_]{2,}", re.sub(r"[@#]\w+|http\S+", " ", text)):
            (small if word.islower() else capital)[word.lower()] += 1
    words = sorted(word for word, count in small.items() if count >= 3 and count >= capital[word] and word.isascii())
    head = (
        "# Words of everyday posts, counted by scripts/train_traffic.py --words from the random posts of\n"
        "# dwiajik/twit-macet-mining (Apache-2.0). Generated.\n"
    )
    target.write_text(head + "\n".join(words) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--words", type=Path, help="posts to count everyday words in")
    given = parser.parse_args()
    if given.words:
        count_words(given.words, ROOT / "radiodesk/area/dictionaries/common.txt")


if __name__ == "__main__":
    main()
