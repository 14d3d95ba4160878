"""The default voice: pyttsx3 on espeak-ng, and espeak-ng itself when pyttsx3 fails."""

import json
import logging
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from shutil import move

from radiodesk.voices.ports import VoiceInfo, VoiceSetup
from radiodesk.voices.pronunciation import Pronunciations
from radiodesk.voices.voice_checks import Unusable, checked_seconds
from radiodesk.voices.voice_failure import VoiceFailed

_LOG = logging.getLogger(__name__)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_SLOWEST, _FASTEST = 80, 450
_SECONDS_TO_START = 20.0
_CHARACTERS_PER_SECOND = 500


class EspeakVoice:
    """Indonesian by espeak-ng, with the e of listed words said right.

    ``program`` is espeak-ng's, ``python`` the interpreter for pyttsx3's processes, ``attempts`` how often pyttsx3 may
    fail before espeak-ng is called directly, ``pronunciations`` the word lists to speak by.
    """

    name = "espeak"

    def __init__(
        self,
        *,
        program: str = "espeak-ng",
        python: str = sys.executable,
        attempts: int = 2,
        pronunciations: Pronunciations | None = None,
    ) -> None:
        self._program = program
        self._python = python
        self.attempts = attempts
        self._pronunciations = pronunciations or Pronunciations.shipped()

    @classmethod
    def set_up(cls, setup: VoiceSetup) -> "EspeakVoice":
        """The voice as the station's settings want it."""
        return cls(program=setup.program or "espeak-ng", pronunciations=Pronunciations.shipped(setup.names))

    def voices(self) -> Iterable[VoiceInfo]:
        """The Indonesian voices that espeak-ng has; raises ``VoiceFailed`` where it is not installed."""
        listing = self._run([self._program, "--voices=id"], "", 10.0).stdout
        for line in listing.splitlines()[1:]:
            _, language, _, name, identifier, *_ = line.split()
            if not identifier.startswith("mb/"):
                yield VoiceInfo(id=language, name=name, language=language)

    def speak(self, text: str, target: Path, *, voice: str = "id", words_per_minute: int = 140) -> float:
        """Write ``target`` (mono 16-bit WAV) and return its seconds; raises ``VoiceFailed``.

        ``voice`` is an espeak-ng voice name, with a variant if wanted ("id+f3").
        """
        spoken = _CONTROL.sub(" ", text).strip()
        if not any(sign.isalnum() for sign in spoken):
            raise VoiceFailed("There is nothing to say: the text has no words.")
        pace = min(max(words_per_minute, _SLOWEST), _FASTEST)
        phonetic = self._pronunciations.apply(spoken)
        reasons: list[str] = []
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            for attempt in range(self.attempts + 1):
                draft = Path(folder) / f"{attempt}.wav"
                try:
                    if attempt < self.attempts:
                        self._by_pyttsx3(phonetic, draft, voice, pace)
                    else:
                        self._by_program(phonetic, draft, voice, pace)
                    seconds = checked_seconds(draft, spoken, pace)
                except Unusable as unusable:
                    _LOG.info("attempt %d of the espeak voice: %s", attempt + 1, unusable)
                    reasons.append(str(unusable))
                    continue
                move(draft, target)
                return seconds
        raise VoiceFailed(
            "The voice espeak-ng wrote no usable sound (%(reason)s). Try it with “espeak-ng -v %(voice)s tes”.",
            reason=reasons[-1],
            voice=voice,
        )

    def _by_pyttsx3(self, text: str, draft: Path, voice: str, pace: int) -> None:
        order = json.dumps({"text": text, "target": str(draft), "voice": voice, "words_per_minute": pace})
        command = [self._python, "-m", "radiodesk.voices.utterance"]
        self._run(command, order, _allowed_seconds(text))

    def _by_program(self, text: str, draft: Path, voice: str, pace: int) -> None:
        command = [self._program, "-v", voice, "-s", str(pace), "-w", str(draft), "--stdin", "-b", "1"]
        result = self._run(command, text, _allowed_seconds(text))
        if result.returncode != 0:
            raise Unusable(result.stderr.strip() or f"espeak-ng ended with {result.returncode}")

    def _run(self, command: list[str], given: str, allowed: float) -> "subprocess.CompletedProcess[str]":
        try:
            return subprocess.run(
                command,
                input=given,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=allowed,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise Unusable(f"no answer within {allowed:.0f} s") from error
        except OSError as error:
            raise VoiceFailed(
                "The voice cannot start the program %(program)s. “apt install espeak-ng” installs it.",
                program=command[0],
            ) from error


def _allowed_seconds(text: str) -> float:
    return _SECONDS_TO_START + len(text) / _CHARACTERS_PER_SECOND
