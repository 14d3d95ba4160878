"""Make the list of words that are no names, which redaction uses to see where a name ends.

    python scripts/build_common_words.py g2p_id/resources/lexicon_id.tsv posts.tsv > …/redaction/common_words.txt

Words come from the lexicon of the PyPI package g2p-id-py (bookbot, Apache-2.0) and, for how people type, from the word
counts of posts (column ``text``); words that affixes make of another listed word, and names of people, are
left out.
"""

import csv
import re
import sys
from collections import Counter
from pathlib import Path

from radiodesk.language.redaction.name_lexicon import given_names, is_made_of

HEADER = """\
# Words that are no names of people. Made by scripts/build_common_words.py from the lexicon of g2p-id-py 0.4.2,
# Copyright 2023 PT BOOKBOT INDONESIA, Apache License 2.0, and from word
# counts of twit-macet-mining, Apache License 2.0.
"""
_LEAST_COUNT = 8


def lexicon_words(path: Path) -> set[str]:
    """The words of the lexicon, two letters or more."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return {word for line in lines if len(word := line.partition("\t")[0]) > 1 and word.isalpha()}


def frequent_words(path: Path) -> set[str]:
    """Lower-case words that the posts use often; those usually capitalised may be names and are left out."""
    lower: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            for word in re.findall(r"[A-Za-z]{2,}", row["text"]):
                (capital if word[0].isupper() else lower)[word.lower()] += 1
    return {word for word, count in lower.items() if count >= _LEAST_COUNT and count > 3 * capital[word]}


def main() -> None:
    """Print the list."""
    words = lexicon_words(Path(sys.argv[1])) | frequent_words(Path(sys.argv[2]))
    words -= given_names()
    kept = [word for word in words if not is_made_of(word, words)]
    sys.stdout.write(HEADER)
    sys.stdout.writelines(f"{word}\n" for word in sorted(kept))


if __name__ == "__main__":
    main()
