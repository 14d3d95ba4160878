"""One utterance through pyttsx3, in a process of its own: ``python -m radiodesk.voices.utterance``.

pyttsx3 2.99 now and then writes no file and says nothing, more often when its engine is used twice, and takes the whole
process with it when espeak-ng crashes. So each utterance gets a fresh process, which reads one JSON object (``text``,
``target``, ``voice``, ``words_per_minute``) from standard input and ends; the caller judges the file.
"""

import json
import sys


def main() -> None:
    """Write the WAV that standard input asks for."""
    import pyttsx3
    from pyttsx3.drivers import _espeak

    # pyttsx3 has no option for phonemes in [[ ]]; its driver reads this flag word whenever it speaks.
    _espeak.ENDPAUSE |= _espeak.PHONEMES
    order = json.load(sys.stdin)
    engine = pyttsx3.init("espeak")
    engine.setProperty("voice", order["voice"])
    engine.setProperty("rate", order["words_per_minute"])
    engine.save_to_file(order["text"], order["target"])
    engine.runAndWait()


if __name__ == "__main__":
    main()
