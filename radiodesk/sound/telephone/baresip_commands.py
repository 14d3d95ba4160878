"""What the telephone asks of baresip, in baresip's own commands.

Commands act on "the current call", so each of them first names its call; whoever gives one holds the exchange's lock.
"""

from dataclasses import dataclass

from radiodesk.core.errors import Conflict
from radiodesk.sound.telephone.baresip_client import Client, LineSilent
from radiodesk.sound.telephone.baresip_config import Accounts
from radiodesk.sound.telephone.baresip_events import details, listed, registration

_PLACEHOLDER = "sip:placeholder@"


@dataclass(frozen=True, slots=True)
class Found:
    """A call that baresip has, as it was asked: SIP's Call-ID, the caller's address, and whether it still rings."""

    sip: str
    peer: str
    ringing: bool


class SoundMissing(Conflict):
    """A call could not be answered, for a sound device cannot be opened."""


class Board:
    """The commands of one connection."""

    def __init__(self, client: Client, accounts: Accounts, placeholder: str) -> None:
        self.client = client
        self._accounts = accounts
        self._address = placeholder
        self._placeholder = ""

    def prepare(self) -> list[Found]:
        """See to it that the placeholder call is there; gives all other calls. Raises ``LineSilent``."""
        self.client.command("uafind", self._accounts.station)
        found = self._all()
        if not self._waits(found):
            if not self.client.command("dial", self._address).ok:
                raise LineSilent("baresip has no telephone line: its SIP port is taken, or its address is not here.")
            found = self._all()
        if not self._waits(found):
            raise LineSilent("The telephone (baresip) does not answer.")
        return [call for call in found if not call.peer.startswith(_PLACEHOLDER)]

    def _waits(self, found: list[Found]) -> bool:
        self._placeholder = next((call.sip for call in found if call.peer.startswith(_PLACEHOLDER)), "")
        return bool(self._placeholder)

    def _all(self) -> list[Found]:
        found = []
        for call in listed(self.client.command("listcalls").text):
            self.client.command("line", str(call.number))
            if told := details(self.client.command("callstat").text):
                found.append(Found(told[0], told[1], call.state == "INCOMING"))
        return found

    def answer(self, sip: str) -> None:
        """Answer a ringing call; raises ``Conflict`` when it does not ring any more, or cannot be heard."""
        if not self._choose(self._placeholder):
            self.prepare()
        if not self._choose(self._placeholder) or not self._choose(sip):
            raise Conflict("This caller does not ring any more.")
        self.client.described.discard(sip)
        self.client.command("accept")
        if sip not in self.client.described:
            raise SoundMissing(
                "The call could not be answered. Check the sound devices that sip_microphone and sip_speaker name."
            )

    def hang_up(self, sip: str) -> bool:
        """End a call, or turn a ringing one away; false when it is gone already."""
        return self._choose(sip) and self.client.command("hangup").ok

    def mute(self, sip: str, muted: bool) -> bool:
        """Let the caller hear silence, or again what the others hear; false when the call is gone."""
        if not self._choose(sip):
            return False
        # The command only turns it over, and tells what it is then.
        if ("un-muted" in self.client.command("mute").text) is muted:
            self.client.command("mute")
        return True

    def registered(self) -> str | None:
        """``ok`` or ``fail``, as the SIP server answered last."""
        return registration(self.client.command("reginfo").text, self._accounts.station)

    def sound(self, source: str, player: str) -> None:
        """Have the calls that come in from now on hear this source and be heard on this player."""
        self.client.command("uafind", self._accounts.spare)
        self.client.command("ausrc", source)
        self.client.command("auplay", player)
        self.client.command("uafind", self._accounts.station)

    def _choose(self, sip: str) -> bool:
        return self.client.command("callfind", sip).text.startswith("setting current call")
