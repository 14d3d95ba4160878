"""A linear model over words and pairs of words: how much a post sounds like one about traffic.

Trained by ``scripts/train_traffic.py`` on public posts (Apache-2.0); read with numpy alone. Rules decide what a post
reports; the model decides for posts in which the rules find nothing to go by.
"""

from functools import cache
from itertools import pairwise
from math import exp, sqrt
from pathlib import Path

from radiodesk.road.reading.tokens import Post

FILE = Path(__file__).parent / "about.npz"


def features(post: Post) -> list[str]:
    """Words and pairs of neighbours, numbers and times as signs of their own, each once."""
    words = ["<start>"]
    for word in post.words:
        if word[0].isdigit():
            words.append("<time>" if len(word) > 3 and word[-3] in ".:" else "<number>")
        elif word[0].isalpha():
            words.append(word)
    return list({*words[1:], *(f"{first} {second}" for first, second in pairwise(words))})


class LinearModel:
    """``weights`` by feature; a post's score is the mean-scaled sum through the logistic function, 0 to 1."""

    def __init__(self, weights: dict[str, float], bias: float) -> None:
        self.weights, self.bias = weights, bias

    def score(self, post: Post) -> float:
        found = features(post)
        if not found:
            return 0.0
        total = sum(map(self.weights.get, found, [0.0] * len(found)))
        return 1.0 / (1.0 + exp(-(self.bias + total / sqrt(len(found)))))


@cache
def load_model(path: Path = FILE) -> LinearModel:
    """The trained model that comes with the program."""
    # Late: of all posts only those need it in which the rules find nothing.
    import numpy as np

    with np.load(path, allow_pickle=False) as stored:
        names = str(stored["features"]).split("\n")
        values = stored["weights"].astype(float).tolist()
        return LinearModel(dict(zip(names, values, strict=True)), float(stored["bias"]))


def save_model(weights: dict[str, float], bias: float, path: Path = FILE) -> None:
    """Write weights as one text of names and an array of half-precision numbers."""
    import numpy as np

    names = sorted(weights)
    np.savez_compressed(
        path,
        features=np.array("\n".join(names)),
        weights=np.array([weights[name] for name in names], dtype=np.float16),
        bias=np.array(bias),
    )
