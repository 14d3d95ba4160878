"""Whisper's tokens, cut down to what a language is written with.

Whisper writes a hundred languages with 50,000 tokens, and at every step of a search it weighs each of them: a
quarter of its work. A station needs those of its language, names, figures, and the single bytes, of which
anything else can still be put together.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tokenizers

from radiodesk.recognition.language_model import has_counts, load_counts, load_frequencies

_SHORT = 4
_SPACE = "Ġ"  # how Whisper's tokens write the space before a word


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The tokens that are kept: ``kept`` are their numbers in the model in order, their places in it the new numbers.

    ``tokenizer``, ``config`` and ``names`` are the contents of ``tokenizer.json``, ``config.json`` and
    ``vocabulary.txt`` with the new numbers; ``count`` is how many tokens the model knows.
    """

    kept: tuple[int, ...]
    count: int
    tokenizer: str
    config: str
    names: str

    def write(self, folder: Path) -> None:
        """Write what CTranslate2 wants to read beside the weights."""
        (folder / "config.json").write_text(self.config, "utf-8")
        (folder / "vocabulary.txt").write_text(self.names, "utf-8")


def cut_vocabulary(folder: Path, language: str) -> Vocabulary:
    """The tokens of ``language``; all of them where the program has no words of it.

    Raises ``OSError``, ``ValueError`` or ``KeyError`` when a file of the folder is not there or not what it should be.
    """
    raw = (folder / "tokenizer.json").read_text("utf-8")
    wanted = _of_language(tokenizers.Tokenizer.from_str(raw), language) if has_counts(language) else None
    return _cut(folder, json.loads(raw), wanted)


def bare_vocabulary(folder: Path) -> Vocabulary:
    """Nothing but bytes and marks, for an encoder, which writes nothing."""
    return _cut(folder, json.loads((folder / "tokenizer.json").read_text("utf-8")), set())


def _of_language(tokenizer: Any, language: str) -> set[str]:
    """What the language's known words are made of, short pieces, names and figures."""
    words = {run[0] for counts in load_counts(language).values() for run in counts if len(run) == 1}
    words |= set(load_frequencies(language))
    forms = [form for word in words for form in (f" {word}", f" {word.capitalize()}")]
    tokens = {token for each in tokenizer.encode_batch(forms, add_special_tokens=False) for token in each.tokens}
    return tokens | {token for token in tokenizer.get_vocab() if _is_common(token.removeprefix(_SPACE))}


def _is_common(text: str) -> bool:
    """Short, a name (as far as its capital tells) or a figure: what may be needed though no list of words has it."""
    return text.isascii() and (len(text) <= _SHORT or text[0].isupper() or text.isdigit())


def _cut(folder: Path, tokenizer: dict[str, Any], wanted: set[str] | None) -> Vocabulary:
    numbers: dict[str, int] = tokenizer["model"]["vocab"]
    merges = [tuple(pair.split(" ") if isinstance(pair, str) else pair) for pair in tokenizer["model"]["merges"]]
    kept_text = _with_parts(numbers if wanted is None else wanted, numbers, merges)
    marks = [mark for mark in tokenizer["added_tokens"] if not _is_time(mark["content"])]
    kept = sorted({numbers[token] for token in kept_text} | {mark["id"] for mark in marks})
    new = {old: at for at, old in enumerate(kept)}

    tokenizer["model"]["vocab"] = {token: new[number] for token, number in numbers.items() if token in kept_text}
    tokenizer["model"]["merges"] = [pair for pair in merges if "".join(pair) in kept_text]
    tokenizer["added_tokens"] = [{**mark, "id": new[mark["id"]]} for mark in marks]
    tokenizer["post_processor"] = None  # it names marks by their old numbers; nobody here asks for them

    config = json.loads((folder / "config.json").read_bytes())
    for key in ("suppress_ids", "suppress_ids_begin", "lang_ids"):
        config[key] = [new[number] for number in config.get(key, ()) if number in new]
    names = _names(folder)
    return Vocabulary(
        tuple(kept),
        len(names),
        json.dumps(tokenizer),
        json.dumps(config),
        "".join(f"{names[number]}\n" for number in kept),
    )


def _with_parts(wanted: Iterable[str], numbers: dict[str, int], merges: Iterable[tuple[str, ...]]) -> set[str]:
    """The wanted tokens, everything that they are put together of, and all single bytes."""
    parts = {"".join(pair): pair for pair in merges}
    kept: set[str] = set()
    todo = [token for token in numbers if token not in parts] + [token for token in wanted if token in numbers]
    while todo:
        token = todo.pop()
        if token not in kept:
            kept.add(token)
            todo += parts.get(token, ())
    return kept


def _is_time(mark: str) -> bool:
    return mark.removeprefix("<|").removesuffix("|>").replace(".", "").isdigit()


def _names(folder: Path) -> list[str]:
    """The names of all tokens, which a folder has as text or, in newer models, as JSON."""
    newer = folder / "vocabulary.json"
    if newer.is_file():
        return [str(name) for name in json.loads(newer.read_bytes())]
    return (folder / "vocabulary.txt").read_text("utf-8").removesuffix("\n").split("\n")
