"""baresip's configuration, made anew from the station's settings at each start.

Only what a telephone line needs is loaded: G.711, the dump of each direction to a file, a source of sound, accounts,
the menu's commands and the control socket. No tone is ever played: a ringing line is the desk's to show.
"""

import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from radiodesk.core.errors import Refusal
from radiodesk.core.settings import Settings

INTO = "into"
"""Link in baresip's folder to where the next dumps go. Relative: baresip cuts the names of dumps at 127 bytes."""

SPARE_CALLS = 24
"""Calls beyond the lines that still reach us, to be turned away with their number kept; one is the placeholder."""
SILENCE = "ausine,16000"
"""A source that keeps time; it is muted, so nothing of it is heard."""
NOWHERE = "aubridge,nowhere"
"""A player that plays to nobody."""
RINGING_SECONDS = 180
_MODULES = ("/usr/lib/baresip/modules", "/usr/local/lib/baresip/modules", "/usr/lib64/baresip/modules")


class NoTelephone(Refusal):
    """The telephone is not set up, or cannot run here."""

    exit_code = 2


def modules_folder(candidates: tuple[str, ...] = _MODULES) -> Path:
    """Where baresip's modules lie; raises ``NoTelephone``."""
    for candidate in candidates:
        if (Path(candidate) / "ctrl_tcp.so").is_file():
            return Path(candidate)
    raise NoTelephone("baresip is not installed. Install it with: apt install baresip-core.")


def ready(settings: Settings) -> Path:
    """Check that a telephone is set up and can run; gives the folder of baresip's modules. Raises ``NoTelephone``."""
    if settings.sip_address is None:
        raise NoTelephone("No telephone is set up. Set sip_address in radiodesk.toml; see docs/telephone.md.")
    if shutil.which(settings.sip_program) is None:
        raise NoTelephone("baresip is not installed. Install it with: apt install baresip-core.")
    return modules_folder()


@dataclass(frozen=True, slots=True)
class Accounts:
    """How baresip names its accounts: the station's, and one that nobody can call.

    A change of sound devices is meant for calls to come, but is also made to all calls of the current account; so the
    spare one is made the current one before. Its name is a secret.
    """

    station: str
    spare: str


def sounds(settings: Settings, silent: bool) -> tuple[str, str]:
    """Where the sound for callers comes from and where theirs goes; ``silent`` while a device cannot be opened."""
    microphone, speaker = (None, None) if silent else (settings.sip_microphone, settings.sip_speaker)
    return f"alsa,{microphone}" if microphone else SILENCE, f"alsa,{speaker}" if speaker else NOWHERE


def accounts(settings: Settings, folder: Path) -> Accounts:
    """The names of the accounts."""
    spare = folder / "spare"
    if not spare.exists():
        _write(spare, f"sip:{secrets.token_hex(16)}@127.0.0.1")
    at = settings.sip_server or f"{settings.sip_address}"
    return Accounts(f"sip:{settings.sip_user}@{at}", spare.read_text())


def write(settings: Settings, folder: Path, modules: Path, *, silent: bool = False) -> None:
    """Write the files that baresip reads; they are readable by their owner alone, for a password is among them."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    (folder / "silent").mkdir(exist_ok=True)
    names = accounts(settings, folder)
    _write(folder / "config", _config(settings, folder, modules, *sounds(settings, silent)))
    spare = f"<{names.spare};transport=udp>;answermode=manual;regint=0\n"
    _write(folder / "accounts", _account(settings, names.station) + spare)


def _config(settings: Settings, folder: Path, modules: Path, source: str, player: str) -> str:
    address, port = settings.sip_address, settings.sip_port
    lines = [
        "poll_method epoll",
        f"sip_listen {address}:{port}",
        f"call_local_timeout {RINGING_SECONDS}",
        f"call_max_calls {settings.sip_lines + SPARE_CALLS}",
        f"audio_path {folder.resolve() / 'silent'}",
        f"audio_source {source}",
        f"audio_player {player}",
        "ausrc_srate 48000",
        "ausrc_channels 2",
        "auplay_srate 48000",
        "auplay_channels 2",
        "audio_buffer 80-320",
        "audio_level no",
        f"rtp_ports {settings.sip_sound_ports}",
        "rtp_stats no",
        "jitter_buffer_delay 5-10",
        f"module_path {modules}",
        "module g711.so",
        "module sndfile.so",
        "module ausine.so",
        "module aubridge.so",
        "module alsa.so",
        "module_tmp account.so",
        "module_app menu.so",
        "module_app ctrl_tcp.so",
        f"ctrl_tcp_listen 127.0.0.1:{settings.sip_control_port}",
        f"snd_path {INTO}",
        "menu_bell no",
        "ringback_disabled yes",
        "statmode_default off",
    ]
    if address is not None and not address.is_unspecified:
        # The name of an interface ("lo") does not work; its address does.
        lines.append(f"net_interface {address}")
    return "\n".join(lines) + "\n"


def _account(settings: Settings, name: str) -> str:
    options = ["answermode=manual", "audio_codecs=pcma/8000/1,pcmu/8000/1"]
    options.append("regint=300" if settings.sip_server else "regint=0")
    if settings.sip_login:
        options.append(f"auth_user={settings.sip_login}")
    if settings.sip_password:
        options.append(f"auth_pass={settings.sip_password.get_secret_value()}")
    return f"<{name};transport=udp>;{';'.join(options)}\n"


def _write(path: Path, text: str) -> None:
    draft = path.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)
