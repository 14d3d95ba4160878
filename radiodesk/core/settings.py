"""Every setting of a station, in one typed object that is read once at the start and passed on.

Order of precedence: environment (``RADIODESK_…``), then the TOML file that ``RADIODESK_CONFIG`` names or
``radiodesk.toml`` in the data folder or the working folder, then the defaults here.
"""

import os
import re
import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from radiodesk.core.errors import Refusal

CHECKOUT = Path(__file__).resolve().parents[2]


class SettingsInvalid(Refusal):
    """A setting has a value that cannot be used."""

    exit_code = 2


def config_file() -> Path | None:
    """The TOML file that this process takes settings from, where there is one."""
    named = os.environ.get("RADIODESK_CONFIG")
    if named:
        return Path(named)
    folders = [Path(os.environ.get("RADIODESK_DATA", "data")), Path.cwd()]
    return next((folder / "radiodesk.toml" for folder in folders if (folder / "radiodesk.toml").exists()), None)


def _models_folder() -> Path:
    """The checkout's folder of models; for an installed package one beside the data folder."""
    inside = CHECKOUT / "models"
    return inside if (inside / "registry.toml").is_file() else Path("models")


class Settings(BaseSettings):
    """The settings of one station. Each field's description is what ``docs/settings.md`` prints."""

    model_config = SettingsConfigDict(env_prefix="RADIODESK_", frozen=True, extra="forbid")

    data: Path = Field(Path("data"), description="Folder for the database, keys, audio and sealed packages.")
    database_url: SecretStr | None = Field(
        None,
        description="Address of the database: `postgresql://name:password@host/database` (version 15 or newer), or "
        "`sqlite:////path`; unset means `radiodesk.sqlite` in the data folder ([scaling](scaling.md)).",
    )
    keys_file: Path | None = Field(
        None,
        description="The key file, where it lies elsewhere than the data, such as on a stick; unset means `keys.json` "
        "in the data folder ([backup](backup.md)).",
    )
    store: str = Field(
        "folder", description="Where sound, attachments, packages and public files lie, by its entry-point name."
    )
    stores: dict[str, dict[str, SecretStr]] = Field(
        {}, description="What plugged-in stores need, by their names ([stores](stores.md))."
    )
    store_alarm_minutes: Annotated[int, Field(ge=1)] = Field(
        15, description="Minutes that finished objects may wait on this machine for the store before an alarm stands."
    )
    station: str = Field("Radio Polres", description="Name of the station as it is shown and said on air.")
    operator: str = Field("Polres Bojonegoro", description="Who runs the station; shown on public pages.")
    language: Literal["id", "en"] = Field("id", description="Language of pages and messages until a person chooses.")
    timezone: str = Field("Asia/Jakarta", description="Station time, shown and said; the database keeps UTC.")
    timezone_label: str = Field("WIB", description="Short name of station time as it is shown.")
    area: str = Field("bojonegoro", description="Area pack: a name that ships with radiodesk, or a folder.")
    desk_host: str = Field("127.0.0.1", description="Address that the desk listens on.")
    desk_port: Annotated[int, Field(ge=1, le=65535)] = Field(8080, description="Port of the desk.")
    public_host: str = Field("127.0.0.1", description="Address that the public site listens on.")
    public_port: Annotated[int, Field(ge=1, le=65535)] = Field(8081, description="Port of the public site.")
    studio_phone: Annotated[str, Field(max_length=60)] = Field(
        "", description="Number that listeners dial or write to, as it is shown to them, such as `0353 555 0110`."
    )
    contact_email: Annotated[str, Field(max_length=120, pattern=r"^([!-~]+@([!-~]+\.)+[!-~]+)?$")] = Field(
        "",
        description="E-mail address for questions about the public record, which harvesters and podcast directories "
        "are told; unset means that they are told none.",
    )
    public_url: str | None = Field(
        None, description="Address under which listeners reach the public site; unset means its host and port."
    )
    listen_again: bool = Field(
        True, description="Hear each public copy again before it is published, around what was taken out of its sound."
    )
    fixity_days: Annotated[int, Field(ge=0, le=3650)] = Field(
        30, description="Days after which a package of the archive is read again, byte by byte; 0 leaves it to people."
    )
    copies: dict[str, dict[str, SecretStr]] = Field(
        {},
        description="Other stores that hold a copy of each sealed package, by names of your own: `store` is `folder` "
        "(unless said) with its `folder`, or `s3` or a plug-in with what that needs ([archive](archive.md)).",
    )
    archive_recipients: list[str] = Field(
        [],
        description="Who can open the restricted parts of packages besides the station itself, as recipients of age "
        "(`age1…`): the head of the archive, a sealed escrow (`radiodesk escrow new`); it counts for what is sealed "
        "from then on ([archive](archive.md)).",
    )
    log_origin: Annotated[str, Field(max_length=120, pattern=r"^[^\s+]*$")] = Field(
        "",
        description="Name of the log of the record, such as `arsip.example.id/log`: the address of `/log` without "
        "scheme. Unset means that of `public_url`. It must not change once others have noted it.",
    )
    log_witnesses: list[str] = Field(
        [],
        description="Keys of those who sign the head of the log as witnesses, as `radiodesk log witness-key` prints "
        "them.",
    )
    log_format: Literal["text", "json"] = Field(
        "text", description="How processes log to standard error: lines for people, or one JSON object a line."
    )
    metrics_token: SecretStr | None = Field(
        None,
        description="Token with which Prometheus asks both sites for `/metrics`; unset means that there are none "
        "([operations](operations.md)).",
    )
    machine_name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]{0,62}$")] | None = Field(
        None, description="Name of this machine among those of the station; unset means the name that it has itself."
    )
    secure_cookies: bool = Field(False, description="Send cookies over HTTPS only; set it when the desk is behind TLS.")
    trusted_proxies: list[IPv4Network | IPv6Network] = Field(
        [],
        description="Networks of the proxies before desk and public site, such as `127.0.0.1/32`: what they say of a "
        "visitor's address is believed ([proxy](proxy.md)).",
    )
    session_hours: Annotated[int, Field(ge=1, le=720)] = Field(12, description="Hours until a sign-in ends by itself.")
    login_attempts: Annotated[int, Field(ge=3)] = Field(
        8, description="Wrong passwords for one name or address within fifteen minutes before signing in is paused."
    )
    second_factor_roles: list[
        Literal["administrator", "producer", "screener", "host", "officer", "ticket officer", "archivist"]
    ] = Field([], description="Roles that must have a six-digit code (second factor) before they can do anything else.")
    screens: Annotated[int, Field(ge=1, le=500)] = Field(
        40, description="Open screens to plan for; each live screen holds a server thread."
    )
    upload_megabytes: Annotated[int, Field(ge=1)] = Field(
        512, description="Largest upload that is taken, in megabytes."
    )
    data_licence: Literal["CC-BY-4.0", "CC-BY-SA-4.0", "CC0-1.0", "ODC-BY-1.0", "ODbL-1.0"] = Field(
        "CC-BY-4.0", description="Licence of the open data, by its SPDX identifier, as their descriptions tell it."
    )
    public_loudness: Annotated[float, Field(ge=-36, le=0)] = Field(
        -16.0,
        description="Integrated loudness of public copies in LUFS (EBU R 128), -16 as podcasts have it; 0 leaves them "
        "as loud as they were recorded.",
    )
    disk_alarm_gigabytes: Annotated[float, Field(ge=0)] = Field(
        2.0, description="Free disk space, in gigabytes, below which the desk raises an alarm."
    )
    disk_stop_megabytes: Annotated[int, Field(ge=1)] = Field(
        300, description="Free disk space, in megabytes, below which live recording stops until there is room again."
    )
    models: Path = Field(_models_folder(), description="Folder with the model registry and the speech models.")
    transcriber: str = Field("whisper", description="Recognition engine, by its entry-point name.")
    speech_model: str = Field("base", description="Speech model from the registry, or a folder that holds one.")
    speech_language: str = Field("id", description="Language that callers speak.")
    speech_threads: Annotated[int, Field(ge=1, le=64)] = Field(2, description="Threads that one recognition uses.")
    live_words: bool = Field(True, description="Show what callers say while they say it, from lines that are recorded.")
    live_threads: Annotated[int, Field(ge=1, le=64)] = Field(
        1, description="Threads that the words of callers who are speaking may take; the desk needs the others."
    )
    voice: str = Field("espeak", description="Synthesis engine, by its entry-point name: espeak, piper or sherpa.")
    voice_model: Path | None = Field(
        None, description="Model of the voice: a file for Piper, a folder for sherpa; espeak needs none."
    )
    voice_program: str | None = Field(
        None, description="Path of the program `espeak-ng` or `piper`, where it is not found by its name."
    )
    words_per_minute: Annotated[int, Field(ge=60, le=260)] = Field(
        140, description="Reading speed, in words a minute, until a reader's own speed is known."
    )
    bare_minutes: bool = Field(
        True,
        description="Whether the voice says 06.30 as “pukul enam tiga puluh”, "
        "else as “pukul enam lewat tiga puluh menit”.",
    )
    plan_weeks: Annotated[int, Field(ge=1, le=26)] = Field(
        6, description="Weeks ahead for which the editions of programmes are made."
    )
    bulletin_minutes_before: Annotated[int, Field(ge=0, le=120)] = Field(
        10,
        description="Minutes before a bulletin of a rundown is read at which it compiles itself, to wait for approval; "
        "0 leaves it to people.",
    )
    bulletin_seconds: Annotated[int, Field(ge=15, le=600)] = Field(60, description="Usual length of a bulletin.")
    call_seconds: Annotated[int, Field(ge=15, le=3600)] = Field(
        180, description="Time on air that a caller usually gets, in seconds; the host's clock turns red after it."
    )
    appeal_rest: Annotated[int, Field(ge=0)] = Field(
        5, description="Broadcasts that must pass before an appeal is picked again."
    )
    web_form: bool = Field(True, description="Offer the form with which listeners write to the show.")
    intake_per_hour: Annotated[int, Field(ge=1)] = Field(
        12, description="Messages that one address may send through the web form within an hour."
    )
    raw_days: Annotated[int, Field(ge=1)] = Field(
        30,
        description="Days that messages are kept as they came in, encrypted, so that they can be read again. What "
        "could not be read yet is kept beyond them.",
    )
    whatsapp_verify_token: SecretStr | None = Field(
        None, description="Word that WhatsApp repeats when its webhook is set up; unset means that there is no webhook."
    )
    whatsapp_app_secret: SecretStr | None = Field(
        None, description="App secret with which WhatsApp signs what it sends; unset means that there is no webhook."
    )
    whatsapp_token: SecretStr | None = Field(
        None, description="Access token for fetching WhatsApp media and sending replies."
    )
    whatsapp_phone_id: str | None = Field(None, description="WhatsApp's id of the station's number, for replies.")
    whatsapp_api: str = Field(
        "https://graph.facebook.com/v21.0", description="Address of the WhatsApp Cloud API with its version."
    )
    sms_token: SecretStr | None = Field(
        None, description="Token that an SMS gateway sends along; unset means that no gateway may post."
    )
    sms_gateway_url: str | None = Field(
        None, description="Address that takes replies by SMS as JSON with `to` and `text`; unset means no replies."
    )
    partner_tokens: dict[str, SecretStr] = Field(
        {}, description="Tokens of partner apps by their name; empty means that no partner may post."
    )
    pos_jago_token: SecretStr | None = Field(
        None, description="Code that officers type once into the Pos Jago form; unset means that there is no form."
    )
    channels: dict[str, dict[str, SecretStr]] = Field(
        {},
        description="What plugged-in channels need, by their names; one that is not named here is closed "
        "([channels](channels.md)).",
    )
    sip_address: IPv4Address | None = Field(
        None, description="Address of this machine that telephone calls (SIP) come in on; unset means no telephone."
    )
    sip_port: Annotated[int, Field(ge=1, le=65535)] = Field(5060, description="Port that SIP calls come in on.")
    sip_user: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.+-]{1,60}$")] = Field(
        "studio", description="Name or number that callers dial, as the SIP server knows it."
    )
    sip_server: Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]+(:\d{1,5})?$")] | None = Field(
        None, description="SIP server to register at; unset means that a gateway or exchange calls straight in."
    )
    sip_login: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.@+-]{1,80}$")] | None = Field(
        None, description="Name for signing in at the SIP server, where it is not `sip_user`."
    )
    sip_password: SecretStr | None = Field(None, description="Password for signing in at the SIP server.")
    sip_lines: Annotated[int, Field(ge=1, le=32)] = Field(4, description="Telephone calls that are taken at once.")
    sip_sound_ports: Annotated[str, Field(pattern=r"^\d{4,5}-\d{4,5}$")] = Field(
        "20000-20199", description="Ports (UDP, first to last) for the sound of telephone calls; four for each line."
    )
    sip_microphone: Annotated[str, Field(pattern=r"^[^\s#]{1,100}$")] | None = Field(
        None, description="ALSA device whose sound the callers hear, such as `pulse`; unset means silence."
    )
    sip_speaker: Annotated[str, Field(pattern=r"^[^\s#]{1,100}$")] | None = Field(
        None, description="ALSA device that the callers are heard on, such as `pulse`; unset means recording only."
    )
    sip_control_port: Annotated[int, Field(ge=1, le=65535)] = Field(
        4444, description="Port on 127.0.0.1 over which radiodesk steers baresip."
    )
    sip_program: str = Field("baresip", description="Program that speaks SIP, or its path.")
    play_output: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        None,
        description="Sound output that voices in reserve, jingles and spots are played to, by its name; `file` keeps "
        "each in a WAV file, `null` plays to nobody; unset means no player.",
    )
    play_loudness: Annotated[float, Field(ge=-36, le=-9)] = Field(
        -18.0, description="Integrated loudness in LUFS (EBU R 128) that all that is played is brought to."
    )
    reserve_seconds: Annotated[int, Field(ge=3, le=600)] = Field(
        20,
        description="Seconds past its time after which an item whose voice in reserve may play by itself is begun by "
        "it, when nobody has begun the item; they are counted down on the host's screen.",
    )
    reserve_agreement: Annotated[int, Field(ge=50, le=101)] = Field(
        95,
        description="Percent of a script that the recogniser must hear again in its voice in reserve for it to need no "
        "listener; 101 means that a person always listens first.",
    )
    backup_target: SecretStr | None = Field(
        None,
        description="Where backups go, as restic names it: a folder, `sftp:name@host:/folder`, or "
        "`s3:https://host/bucket/folder`; unset means that none are made ([backup](backup.md)).",
    )
    backup_password_file: Path | None = Field(
        None,
        description="File with the password that backups are encrypted with. Keep a copy of it elsewhere: without it "
        "no backup can be opened.",
    )
    backup_environment: dict[str, SecretStr] = Field(
        {}, description="What restic needs besides, by its own names, such as `AWS_ACCESS_KEY_ID`."
    )
    backup_keys: bool | None = Field(
        None,
        description="Whether backups hold the key file; unset means yes while it lies in the data folder, and no where "
        "`keys_file` names another place.",
    )
    backup_at: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = Field(
        "03:00", description="Station time at which the day's backup is made."
    )
    backup_alarm_hours: Annotated[int, Field(ge=1)] = Field(
        36, description="Age of the last good backup, in hours, from which on an alarm stands."
    )
    backup_days: Annotated[int, Field(ge=1)] = Field(
        7, description="Last days of which a backup is kept, the newest of each."
    )
    backup_weeks: Annotated[int, Field(ge=0)] = Field(5, description="The same for weeks.")
    backup_months: Annotated[int, Field(ge=0)] = Field(12, description="The same for months.")
    workers: Annotated[int, Field(ge=1, le=16)] = Field(2, description="Jobs that one worker process runs at once.")
    lease_seconds: Annotated[int, Field(ge=5, le=300)] = Field(
        30, description="Seconds after which a job whose worker fell silent is given to another."
    )
    sweep_seconds: Annotated[float, Field(gt=0)] = Field(
        3.0, description="Seconds between two looks for jobs that were left lying."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first, then the environment, then the TOML file."""
        path = config_file()
        toml = (TomlConfigSettingsSource(settings_cls, path),) if path else ()
        return init_settings, env_settings, *toml

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("this time zone is not known") from error
        return value

    @field_validator("log_witnesses")
    @classmethod
    def _known_witnesses(cls, value: list[str]) -> list[str]:
        if value:
            from radiodesk.core.tlog.signed_notes import NoteWrong, parse_verifier

            try:
                for vkey in value:
                    parse_verifier(vkey)
            except NoteWrong:
                raise ValueError("a witness's key is what `radiodesk log witness-key` prints") from None
        return value

    @field_validator("copies")
    @classmethod
    def _known_copies(cls, value: dict[str, dict[str, SecretStr]]) -> dict[str, dict[str, SecretStr]]:
        for name, options in value.items():
            if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", name):
                raise ValueError("the name of a store of copies has small letters, digits and hyphens, at most 40")
            folder = options["folder"].get_secret_value() if "folder" in options else ""
            if options.get("store", SecretStr("folder")).get_secret_value() == "folder" and (
                not Path(folder).is_absolute() or options.keys() - {"store", "folder"}
            ):
                raise ValueError(f"{name}: a store of copies in a folder needs `folder`, its whole path, and no more")
        return value

    @field_validator("archive_recipients")
    @classmethod
    def _known_recipients(cls, value: list[str]) -> list[str]:
        if value:
            from radiodesk.core.age_files import RecipientWrong, require_recipient

            try:
                for recipient in value:
                    require_recipient(recipient)
            except RecipientWrong as wrong:
                raise ValueError(wrong.message) from None
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.match(r"(sqlite:///|postgresql://)", value.get_secret_value()):
            raise ValueError("it must begin with postgresql:// or sqlite:///")
        return value

    @field_validator("sip_password")
    @classmethod
    def _plain_password(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and re.search(r'[\s;,"<>\\]', value.get_secret_value()):
            raise ValueError('no blanks and none of ; , " < > \\, which baresip cannot read')
        return value

    @property
    def zone(self) -> ZoneInfo:
        """Station time as a zone."""
        return ZoneInfo(self.timezone)

    @property
    def database(self) -> str:
        """The database's address, the embedded one when none is set."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.data.resolve() / 'radiodesk.sqlite'}"

    @property
    def machine(self) -> str:
        """Name of this machine, as it can stand in the name of a file."""
        own = re.sub(r"[^A-Za-z0-9.-]+", "-", socket.gethostname()).strip("-.")
        return self.machine_name or own[:63] or "machine"

    @property
    def audio(self) -> Path:
        """Folder of recordings."""
        return self.data / "audio"

    @property
    def archive(self) -> Path:
        """Folder of sealed packages."""
        return self.data / "archive"

    @property
    def keys(self) -> Path:
        """The file with the station's keys."""
        return self.keys_file or self.data / "keys.json"

    @property
    def spool(self) -> Path:
        """Folder of live sound that is not yet a recording."""
        return self.data / "spool"

    @property
    def logger(self) -> Path:
        """Folder of the lines' recordings round the clock."""
        return self.data / "logger"

    @property
    def lines(self) -> Path:
        """Folder of what the parts with live sound say and are told."""
        return self.data / "lines"

    @property
    def work(self) -> Path:
        """Folder of copies that a program reads or writes while it works."""
        return self.data / "work"

    @property
    def alarms(self) -> Path:
        """Folder of what is wrong with the station now."""
        return self.data / "alarms"

    @property
    def prints(self) -> Path:
        """Folder of public pages that this machine keeps as they were rendered."""
        return self.data / "prints"

    @property
    def restoring(self) -> Path:
        """Stands while a restore into the data folder is not done: the station is not whole."""
        return self.data / "restore.json"

    @property
    def health(self) -> Path:
        """Folder in which each process says how its rounds are doing."""
        return self.data / "health"

    @property
    def arrivals(self) -> Path:
        """Folder of what came in, as it came: what waits to be taken in, and what was."""
        return self.data / "arrivals"

    @property
    def desk_address(self) -> str:
        """Where the desk is reached on this machine; links that commands print begin with it."""
        return f"http://{self.desk_host}:{self.desk_port}"

    @property
    def public_address(self) -> str:
        """Where listeners reach the public site, without a slash at the end."""
        return (self.public_url or f"http://{self.public_host}:{self.public_port}").rstrip("/")


def load_settings(**given: Any) -> Settings:
    """Read and check all settings; raises ``SettingsInvalid`` with one sentence for each bad one."""
    try:
        return Settings(**given)
    except ValidationError as error:
        bad = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'settings'}: {e['msg']}" for e in error.errors())
        raise SettingsInvalid("These settings cannot be used: %(bad)s. See docs/settings.md.", bad=bad) from None
    except OSError as error:
        raise SettingsInvalid("The settings file cannot be read: %(why)s.", why=error) from None
    except ValueError as error:
        raise SettingsInvalid("The settings file is not valid TOML: %(why)s.", why=error) from None
