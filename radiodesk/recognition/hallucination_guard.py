"""Rejects hallucinated text: what a recogniser writes when nobody spoke, or when it loops.

Whisper fills silence with sentences from its training ("terima kasih telah menonton"), repeats a phrase with high
confidence, and may recite its own prompt. Every test here names the reason, so that a drop can be explained.
"""

import re
import zlib
from collections.abc import Sequence

from radiodesk.language.digit_words import DIGIT_WORDS, NUMBER_WORDS

_COMPRESSION = 2.4
_NO_SPEECH = 0.6
_LOG_PROBABILITY = -1.0
_HOPELESS = -1.6
_WORDS_A_SECOND = 8.0
_RECITED = 6
_CREDITS = re.compile(
    r"menonton|subscribe|subtitle|takarir|amara\.?org|like dan share|video (?:ini|selanjutnya|berikutnya)|"
    r"sampai jumpa di (?:video|episode)|thanks? (?:you )?for watching|♪",
    re.IGNORECASE,
)


def doubt(
    words: Sequence[str], *, log_probability: float, no_speech: float, seconds: float, prompt: Sequence[str] = ()
) -> str | None:
    """Why this text should not be believed, in a word or two; None when nothing speaks against it.

    ``words`` in lower case; ``log_probability`` is the mean of a token; ``no_speech`` 0 to 1; ``seconds`` the length of
    the speech; ``prompt`` the words that the recogniser was shown.
    """
    text = " ".join(words)
    if not words:
        return "empty"
    if no_speech > _NO_SPEECH and log_probability < _LOG_PROBABILITY:
        return "no speech"
    if log_probability < _HOPELESS:
        return "unsure of every word"
    if _CREDITS.search(text):
        return "credits of a video"
    if is_repeated(words):
        return "repeated phrase"
    if compression(" ".join(word for word in words if word not in NUMBER_WORDS)) > _COMPRESSION:
        return "repetitive"
    if len(words) > 4 + _WORDS_A_SECOND * seconds:
        return "more words than time"
    if is_recited(words, prompt):
        return "prompt recited"
    return None


def is_repeated(words: Sequence[str]) -> bool:
    """Whether a phrase of one to six words stands at least four (one word), else three times in a row.

    Dictated digits may repeat, other words hardly do.
    """
    for size in range(1, 7):
        least = 4 if size == 1 else 3
        for at in range(len(words) - size * least + 1):
            phrase = words[at : at + size]
            if DIGIT_WORDS.issuperset(phrase):
                continue
            if all(words[at + size * turn : at + size * (turn + 1)] == phrase for turn in range(1, least)):
                return True
    return False


def is_recited(words: Sequence[str], prompt: Sequence[str]) -> bool:
    """Whether six or more words in a row stand in the prompt in the same order."""
    shown = {tuple(prompt[at : at + _RECITED]) for at in range(len(prompt) - _RECITED + 1)}
    return any(tuple(words[at : at + _RECITED]) in shown for at in range(len(words) - _RECITED + 1))


def compression(text: str) -> float:
    """How many times smaller the text packs: far above two means that it repeats itself."""
    raw = text.encode()
    return len(raw) / len(zlib.compress(raw))
