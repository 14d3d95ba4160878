"""Makes the counted and the learned parts of the traffic room from public posts.

python scripts/train_traffic.py --words ../shared/data/reports/traffic_or_not.tsv
"""

import argparse
import re
from collections import Counter
from math import sqrt
from pathlib import Path

from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from radiodesk.road.reading.linear_model import FILE, features, save_model
from radiodesk.road.reading.road_words import dictionaries
from radiodesk.road.reading.tokens import read_post

ROOT = Path(__file__).parent.parent


def count_words(posts: Path, target: Path) -> None:
    """Everyday vocabulary: words written twice or more, mostly in small letters, in posts on no subject."""
    small: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    for line in posts.read_text(encoding="utf-8").splitlines()[1:]:
        text, label, _ = line.split("\t")
        if label != "other":
            continue
        for word in re.findall(r"[^\W\d_]{2,}", re.sub(r"[@#]\w+|http\S+", " ", text)):
            (small if word.islower() else capital)[word.lower()] += 1
    words = sorted(word for word, count in small.items() if count >= 2 and count >= capital[word] and word.isascii())
    head = (
        "# Words of everyday posts, counted by scripts/train_traffic.py --words from the random posts of\n"
        "# dwiajik/twit-macet-mining (Apache-2.0). Generated.\n"
    )
    target.write_text(head + "\n".join(words) + "\n", encoding="utf-8")


Rows = list[tuple[str, str, str]]


def read_rows(path: Path) -> Rows:
    """Text, label and source of each post."""
    lines = path.read_text(encoding="utf-8").splitlines()[1:]
    return [(text, label, source) for text, label, source in (line.split("\t") for line in lines)]


def train(rows: Rows, keep: float = 0.02) -> tuple[dict[str, float], float]:
    """Logistic regression on the reader's features, each worth 1/sqrt(number of them); small weights are dropped."""
    known = dictionaries()
    found = [features(read_post(text, known)) for text, _, _ in rows]
    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform([dict.fromkeys(names, 1 / sqrt(len(names) or 1)) for names in found])
    counts = Counter(name for names in found for name in names)
    model = LogisticRegression(C=30.0, max_iter=2000, class_weight="balanced")
    model.fit(matrix, [label == "traffic" for _, label, _ in rows])
    weights = zip(vectorizer.get_feature_names_out(), model.coef_[0], strict=True)
    return {str(name): float(weight) for name, weight in weights if counts[name] >= 3 and abs(weight) >= keep}, float(
        model.intercept_[0]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--words", type=Path, help="posts to count everyday words in")
    parser.add_argument("--model", type=Path, help="labelled posts to train the report reader on")
    given = parser.parse_args()
    if given.words:
        count_words(given.words, ROOT / "radiodesk/language/places/dictionaries/common.txt")
    if given.model:
        weights, bias = train(read_rows(given.model))
        save_model(weights, bias)
        print(f"{len(weights)} weights, {FILE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
