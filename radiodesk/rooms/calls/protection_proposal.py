"""Whether the machine proposes to protect a caller, by everything that was typed and heard so far."""

from radiodesk.core.i18n import N_
from radiodesk.language.triage.protection_cues import Matter, ProtectionCue, protection_cue
from radiodesk.rooms.calls.call_words import CallWords
from radiodesk.rooms.calls.models import Call

MATTER_NAMES = {
    Matter.HOME: N_("violence at home"),
    Matter.SEXUAL: N_("sexual violence"),
    Matter.CHILD: N_("a child"),
}


def proposal(call: Call, words: CallWords) -> ProtectionCue | None:
    """The proposal with its reason; ``None`` for who is protected already, and for calls that are over."""
    if call.protected is not None or not call.is_open:
        return None
    return protection_cue("\n".join(filter(None, [call.topic, call.point, call.notes, *words.parts])))
