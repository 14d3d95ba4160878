"""Languages: Indonesian first, English second, from one catalogue file a room (``translations/<language>/<room>.po``).

Message ids are English. The language is a context variable, so that pages, commands and jobs choose it the same way.
Catalogues are compiled at first use, and kept beside their sources as Python keeps its modules; there is nothing to do
after a change.
"""

import errno
import hashlib
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

from radiodesk.core.atomic_files import replacing
from radiodesk.core.errors import Refusal

FOLDER = Path(__file__).resolve().parents[1] / "translations"
LANGUAGES = ("id", "en")

language: ContextVar[str] = ContextVar("language", default="id")


@cache
def translations(name: str) -> GNUTranslations:
    """All rooms' catalogues of one language, merged."""
    sources = sorted((FOLDER / name).glob("*.po"))
    found = [(path.name, stat.st_size, stat.st_mtime_ns) for path in sources for stat in [path.stat()]]
    kept = FOLDER / "__pycache__" / f"{name}.{hashlib.sha256(repr(found).encode()).hexdigest()[:16]}.mo"
    try:
        return GNUTranslations(BytesIO(kept.read_bytes()))
    except (OSError, ValueError, struct.error):
        compiled = _compile(name, sources)
    # Where nothing may be written, each process compiles for itself.
    with suppress(OSError):
        kept.parent.mkdir(exist_ok=True)
        for old in kept.parent.glob(f"{name}.*.mo"):
            old.unlink(missing_ok=True)
        with replacing(kept) as written:
            written.write_bytes(compiled)
    return GNUTranslations(BytesIO(compiled))


def _compile(name: str, sources: list[Path]) -> bytes:
    # Late: it takes longer to load than what it made takes to read.
    from babel.messages.catalog import Catalog
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    merged = Catalog(locale=name)
    for path in sources:
        with path.open("rb") as file:
            for message in read_po(file, locale=name):
                if message.id and message.string:
                    merged.add(message.id, message.string, context=message.context)
    compiled = BytesIO()
    write_mo(compiled, merged)
    return compiled.getvalue()


def gettext(message: str, /, **facts: Any) -> str:
    """The message in the current language, with its ``%(name)s`` places filled."""
    text = translations(language.get()).gettext(message)
    return text % facts if facts else text


def ngettext(singular: str, plural: str, number: int, /, **facts: Any) -> str:
    """The right form for a number; ``%(num)s`` is the number."""
    text = translations(language.get()).ngettext(singular, plural, number)
    return text % {"num": number, **facts}


def say(refusal: Refusal) -> str:
    """A refusal as one sentence in the current language."""
    return gettext(refusal.message, **refusal.facts)


def why(error: OSError) -> str:
    """The system's reason why a file or an address cannot be used, in the current language where it is a common one."""
    reason = REASONS.get(error.errno or 0)
    return gettext(reason) if reason else error.strerror or str(error)


@contextmanager
def speaking(name: str) -> Iterator[None]:
    """A language of its own for what is kept and read later by anyone, such as the reason of a failed job."""
    held = language.set(name)
    try:
        yield
    finally:
        language.reset(held)


def say_in(name: str, refusal: Refusal) -> str:
    """A refusal as one sentence in a given language."""
    with speaking(name):
        return say(refusal)


def N_(message: str) -> str:
    """Mark a message for the catalogues where it is not translated on the spot."""
    return message


REASONS = {
    errno.ENOENT: N_("it is not there"),
    errno.EACCES: N_("it may not be opened"),
    errno.EPERM: N_("it may not be opened"),
    errno.EISDIR: N_("it is a folder"),
    errno.ENOTDIR: N_("its folder is a file"),
    errno.ENOSPC: N_("the disk is full"),
    errno.EADDRINUSE: N_("something else uses it"),
}
