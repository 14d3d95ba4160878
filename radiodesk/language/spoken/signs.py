"""Addresses of the net, signs, initials and everything else that has no sound of its own."""

import re
import unicodedata
from collections.abc import Callable

from radiodesk.language.spoken.numerals import digits, letters
from radiodesk.language.spoken.rule import Rule, rule

_NET_SIGNS = {
    ".": " titik ",
    "@": " at ",
    "/": " garis miring ",
    "-": " strip ",
    "_": " garis bawah ",
    ":": " titik dua ",
}
_SIGNS = {
    "&": "dan",
    "+": "plus",
    "=": "sama dengan",
    "%": "persen",
    "°": "derajat",
    "×": "kali",
    "<": "kurang dari",
    ">": "lebih dari",
}
_TIDY = str.maketrans({
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "`": "'", "´": "'", "ʼ": "'",
    "‐": "-", "‑": "-", "‒": "–", "—": "–", "―": "–", "−": "-", "…": "...", "º": "°",
    "½": " 1/2", "¼": " 1/4", "¾": " 3/4",
    "₂": "2", "㎞": "km", "№": "No.", "℃": "°C", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\t": " ", "\r": "\n",
})  # fmt: skip
_SPEAKABLE = re.compile(r"[^\W_]|[ \n.,;:?!'\"()–-]")


def tidy(text: str) -> str:
    """One way of writing quotes, dashes, spaces and digits; invisible and pictorial signs are gone."""
    text = unicodedata.normalize("NFC", re.sub(r"(?<=\d)²", " kuadrat", re.sub(r"(?<=\d)³", " pangkat tiga", text)))
    text = text.translate(_TIDY).translate({ord("²"): "2", ord("³"): "3"})
    return "".join(_plain(sign) for sign in text)


def _plain(sign: str) -> str:
    if sign.isascii():
        return sign if sign.isprintable() or sign == "\n" else " "
    if unicodedata.category(sign) == "Nd":
        return str(unicodedata.decimal(sign))
    return (
        sign if sign.isalpha() or unicodedata.category(sign)[0] == "M" or sign in _SIGNS or sign in "–±≤≥≈‰€" else " "
    )


def unfold(text: str) -> str:
    """Addresses of the net, handles and hashtags as words, which the rules then read like any other."""
    for pattern, say in _NET:
        text = pattern.sub(say, text)
    return text


def silence(text: str) -> str:
    """Leave only what can be said or makes a pause, with the punctuation in order."""
    text = "".join(sign if _SPEAKABLE.match(sign) or unicodedata.category(sign)[0] == "M" else " " for sign in text)
    text = re.sub(r"\s*\(\s*|\s*\)(?=\s*\w)", ", ", text)
    text = text.replace(")", "")
    text = re.sub(r"\.{2,}", ".", re.sub(r"(?<!\w)[-–]+|[-–]+(?!\w)", " – ", text))
    text = re.sub(r"[^\S\n]*\n\s*", "\n", re.sub(r"[^\S\n]+", " ", text))
    text = re.sub(r"\s+(?=[.,;:?!])", "", text)
    text = re.sub(r"[,;:](?=[.,;:?!])|\.(?=[,;:])", "", text)
    text = re.sub(r"(?m)^[\s,;:.–-]+|[\s,–-]+$", "", text)
    return re.sub(r"([.,;:?!])(?=[^\W\d_])", r"\1 ", text).strip()


def _net(match: "re.Match[str]") -> str:
    written = re.sub(r"^https?://(?:www\.)?", "", match[0].rstrip("./"))
    parts = re.split(r"([.@/_:-])", written)
    said = "".join(_NET_SIGNS.get(part) or f" {_net_part(part)} " for part in parts if part)
    return f" {' '.join(said.split())} "


def _net_part(part: str) -> str:
    runs = re.findall(r"\d+|[^\W\d_]+", part)
    return " ".join(digits(run) if run.isdigit() else letters(run) if _unsayable(run) else run.lower() for run in runs)


def _unsayable(run: str) -> bool:
    return run.isascii() and (len(run) <= 2 or not re.search(r"[aeiouy]", run, re.I))


def _hashtag(match: "re.Match[str]") -> str:
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", match["tag"])
    return " ".join([" tagar", *(digits(part) if part.isdigit() else part for part in parts), ""])


def _initial(match: "re.Match[str]") -> str | None:
    return letters(match["letter"])


def _sign(match: "re.Match[str]") -> str:
    return f" {_SIGNS[match[0]]} "


def _slash(match: "re.Match[str]") -> str:
    return " atau " if match["left"].islower() else " "


_NET: tuple[tuple["re.Pattern[str]", Callable[["re.Match[str]"], str]], ...] = (
    (re.compile(r"(?<![\w@.])(?:https?://|www\.)[^\s<>\"'()]+", re.IGNORECASE), _net),
    (re.compile(r"(?<![\w.@])[\w.+-]+@[\w-]+(?:\.[\w-]+)+(?<!\.)"), _net),
    (
        re.compile(
            r"(?<![\w@.])(?:[a-z0-9-]+\.)+(?:com|net|org|go\.id|co\.id|ac\.id|or\.id|sch\.id|id)(?:/[\w./-]*)?(?!\w)",
            re.IGNORECASE,
        ),
        _net,
    ),
    (re.compile(r"(?<![\w@.])@\w[\w.]*(?<!\.)"), _net),
    (re.compile(r"(?<![\w#])#(?P<tag>[A-Za-z]\w*)"), _hashtag),
)
SIGN_RULES: tuple[Rule, ...] = (
    rule(r"(?<![\w'-])(?P<letter>[A-Z])\.(?=\s?[A-Z])", _initial, 0),
    rule(r"(?<![\w'-])(?P<letter>[A-Z])(?![\w'-])", _initial, 0),
    rule(r"(?<=(?P<left>\w))\s?/\s?(?=\w)", _slash),
    rule(r"\s[-–]\s?(?=selesai\b)", lambda _: " sampai "),
    rule(r"[&+=%°×<>]", _sign),
)
