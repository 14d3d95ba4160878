"""What a voice says when it cannot speak."""

from radiodesk.core.errors import Refusal


class VoiceFailed(Refusal):
    """No usable sound came out of a voice; the message names what would mend it."""

    status = 503
