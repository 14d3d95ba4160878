"""Piper as a voice, for stations that install it: a separate program with a voice model of their own.

Neither the program nor a model comes with the product (their licences and sizes stay outside); this file only calls
``piper --model MODEL --output_file WAV`` and judges what it wrote.
"""

import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from shutil import move

from radiodesk.voices.ports import VoiceInfo, VoiceSetup
from radiodesk.voices.voice_checks import Unusable, checked_seconds
from radiodesk.voices.voice_failure import VoiceFailed

_MODEL_PACE = 150
"""Words a minute that Piper's Indonesian models speak at their own pace."""

_SECONDS_ALLOWED = 120.0


class PiperVoice:
    """Speaks by the external program ``program`` with the voice ``model`` (an .onnx file with its .json beside it)."""

    name = "piper"

    def __init__(self, model: Path, *, program: str = "piper") -> None:
        self._model = model
        self._program = program

    @classmethod
    def set_up(cls, setup: VoiceSetup) -> "PiperVoice":
        """The voice as the station's settings want it; raises ``VoiceFailed`` where they name no model."""
        if setup.model is None:
            raise VoiceFailed("The voice piper needs a model: name its .onnx file in the setting voice_model.")
        return cls(setup.model, program=setup.program or "piper")

    def voices(self) -> Iterable[VoiceInfo]:
        """The one voice of the model."""
        yield VoiceInfo(id=self._model.stem, name=self._model.stem, language="id")

    def speak(self, text: str, target: Path, *, voice: str = "", words_per_minute: int = 140) -> float:
        """Write ``target`` (mono 16-bit WAV) and return its seconds; raises ``VoiceFailed``.

        ``voice`` is not used: the model is the voice.
        """
        if not any(sign.isalnum() for sign in text):
            raise VoiceFailed("There is nothing to say: the text has no words.")
        if not self._model.is_file():
            raise VoiceFailed("The Piper voice %(model)s is not there. Put the model file in place.", model=self._model)
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            draft = Path(folder) / "piper.wav"
            self._call(" ".join(text.split()), draft, _MODEL_PACE / max(words_per_minute, 1))
            try:
                seconds = checked_seconds(draft, text, words_per_minute)
            except Unusable as unusable:
                raise VoiceFailed("Piper wrote no usable sound (%(reason)s).", reason=unusable) from unusable
            move(draft, target)
        return seconds

    def _call(self, line: str, draft: Path, length_scale: float) -> None:
        command = [self._program, "--model", str(self._model), "--output_file", str(draft)]
        command += ["--length_scale", f"{length_scale:.2f}"]
        try:
            result = subprocess.run(
                command, input=line, capture_output=True, encoding="utf-8", timeout=_SECONDS_ALLOWED, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise VoiceFailed("Piper did not answer within %(seconds)d s.", seconds=_SECONDS_ALLOWED) from error
        except OSError as error:
            raise VoiceFailed(
                "The program %(program)s cannot be started. Install Piper, or set its path as voice_program.",
                program=self._program,
            ) from error
        if result.returncode != 0:
            raise VoiceFailed("Piper failed (%(reason)s).", reason=result.stderr.strip()[-200:] or result.returncode)
