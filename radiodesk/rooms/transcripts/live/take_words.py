"""An ear: follows one direction of a growing take, mostly the caller's, and holds the words heard of it so far."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from radiodesk.recognition.ports import Partial, StreamingSession
from radiodesk.rooms.transcripts.live.models import Hearing
from radiodesk.rooms.transcripts.live.services import Shown
from radiodesk.sound.takes import SAMPLE, Spooled

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DIRECTION = "caller"
GAP = "…"
_AT_ONCE = 5.0
_NOTHING = Partial((), (), 0.0)

Told = Callable[[Partial, float], None]
"""Is given what a session has heard, and the second of the take at which that session began."""


class Ear:
    """Hears one take from frame ``start`` on; ``open_session`` gives a fresh recogniser, ``before`` is earlier text.

    ``about`` and ``rank`` say what the take belongs to and how much it presses, small first; whoever minds the ear
    sets them. ``closed`` is whether its writer is done, as the minder saw last, ``dirty`` whether the words were not
    shown yet; ``begun``, ``spoke_at`` and ``shown_at`` are of the minder's clock. With ``told`` the
    words go there and are shown to nobody.
    """

    def __init__(
        self,
        take: Spooled,
        open_session: Callable[[], StreamingSession],
        *,
        start: int = 0,
        before: str = "",
        begun: float = 0.0,
        direction: str = DIRECTION,
        told: "Told | None" = None,
    ) -> None:
        self.take = take
        self.told = told
        self._direction = direction
        self.begun = begun
        self.about: str | None = None
        self.rank = 0
        self.state = Hearing.FOLLOWED
        self.closed = False
        self.dirty = True
        self.spoke_at = self.shown_at = float("-inf")
        self._open_session = open_session
        self._before = before
        self._reached = 0.0
        self._begin(start)

    def _begin(self, start: int) -> None:
        # What computes is loaded with the first caller who speaks: a listener at rest does without it.
        import soxr

        from radiodesk.recognition.voice_detector import RATE

        rate = self.take.about.sample_rate
        self._frame = start
        self._offset = start / rate
        self._session = self._open_session()
        self._resampler = None if rate == RATE else soxr.ResampleStream(rate, RATE, 1, dtype="float32")
        self._partial = _NOTHING

    @property
    def behind(self) -> float:
        """Seconds of sound that are there and were not listened to."""
        return (self.take.frames(self._direction) - self._frame) / self.take.about.sample_rate

    @property
    def over(self) -> bool:
        """Whether nothing more will come, and all was heard."""
        return self.closed and self.behind <= 0

    def hear(self) -> bool:
        """Listen to what has come, at most five seconds of it; returns whether the words are others than before."""
        import numpy as np

        most = round(_AT_ONCE * self.take.about.sample_rate)
        try:
            with self.take.pcm(self._direction).open("rb") as file:
                file.seek(self._frame * SAMPLE)
                data = file.read(most * SAMPLE)
        except FileNotFoundError:
            return False
        pcm = np.frombuffer(data[: len(data) // SAMPLE * SAMPLE], "<i2")
        self._frame += len(pcm)
        partial = self._session.feed(self._sound(pcm).tobytes())
        return partial is not None and self._take(partial)

    def end(self) -> None:
        """The caller is gone: what was tentative is settled."""
        if self.state is Hearing.FOLLOWED:
            self._take(self._session.close())
        self.state, self.dirty = Hearing.ENDED, True

    def put_off(self) -> None:
        """Stop listening for now; the words so far stay, with a mark that some are missing."""
        self._take(self._session.close())
        self._before = with_gap(self.shown().settled)
        self._partial = _NOTHING
        self.state, self.dirty = Hearing.PUT_OFF, True

    def take_up(self) -> None:
        """Listen again, from now on."""
        self._begin(self.take.frames(self._direction))
        self.state, self.dirty = Hearing.FOLLOWED, True

    def shown(self) -> Shown:
        """The words as they are to be shown."""
        settled = " ".join(filter(None, (self._before, *(word.word for word in self._partial.settled))))
        return Shown(
            take=self.take.id,
            about=self.about,
            state=self.state,
            settled=settled,
            tentative=" ".join(word.word for word in self._partial.tentative),
            heard_until=round(self._frame / self.take.about.sample_rate, 2),
            reached=round(self._reached, 2),
            lag=round(max(self.behind, 0.0), 2),
        )

    def _sound(self, pcm: "NDArray[np.int16]") -> "NDArray[np.float32]":
        import numpy as np

        sound = (pcm / 32768).astype(np.float32)
        if self._resampler is not None:
            sound = np.asarray(self._resampler.resample_chunk(sound), np.float32)
        return sound

    def _take(self, partial: Partial) -> bool:
        if (partial.settled, partial.tentative) == (self._partial.settled, self._partial.tentative):
            return False
        self._partial, self.dirty = partial, True
        if words := (*partial.settled, *partial.tentative):
            self._reached = self._offset + words[-1].end
        if self.told is not None:
            self.told(partial, self._offset)
        return True


def with_gap(text: str) -> str:
    """A text that is known to go on after words that are missing."""
    return text if text.endswith(GAP) else f"{text} {GAP}".strip()
