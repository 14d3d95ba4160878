"""Measure live words: how far behind the speaker they appear, and how much of the machine they take.

    python scripts/bench_words.py FILE [--models models] [--model base] [--threads 2] [--seconds 300]

The file is fed in blocks of a quarter of a second as if it were being spoken; a block that comes while an earlier one
is still being worked on waits, as it would in life. A word's lag is the time from its end to the first showing.
"""

import argparse
import time
from pathlib import Path

import numpy as np

from radiodesk.audio.decoding import decode
from radiodesk.speech.engines.whisper import WhisperTranscriber
from radiodesk.speech.ports import Partial
from radiodesk.speech.registry import folder_of

RATE = 16_000
BLOCK = RATE // 4


class Showing:
    """When each word was first shown, in seconds after it was said."""

    def __init__(self) -> None:
        self.lags: list[float] = []
        self.reached = 0.0

    def take(self, partial: Partial, now: float) -> None:
        """Note the words that end after all that were shown before."""
        for word in (*partial.settled, *partial.tentative):
            if word.end > self.reached:
                self.lags.append(now - word.end)
                self.reached = word.end


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--model", default="base")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=300)
    arguments = parser.parse_args()
    transcriber = WhisperTranscriber(folder_of(arguments.model, arguments.models), threads=arguments.threads)
    session, showing = transcriber.stream(), Showing()
    busy_until = heard = spent = 0.0
    begun = time.process_time()
    for second in decode(arguments.file, RATE):
        for at in range(0, len(second), BLOCK):
            block = second[at : at + BLOCK]
            heard += len(block) / RATE
            started = time.perf_counter()
            partial = session.feed(block.tobytes())
            took = time.perf_counter() - started
            spent += took
            busy_until = max(busy_until, heard) + took
            if partial:
                showing.take(partial, busy_until)
        if heard >= arguments.seconds:
            break
    words = len(session.close().settled)
    quarter, median, most = np.percentile(showing.lags, [25, 50, 95])
    print(f"{heard:.0f} s of sound, {words} words, {len(showing.lags)} showings")
    print(f"behind: {quarter:.2f} s (25 %), {median:.2f} s (50 %), {most:.2f} s (95 %)")
    print(f"busy {spent / heard:.0%} of the time, {(time.process_time() - begun) / heard:.0%} of one core")


if __name__ == "__main__":
    main()
