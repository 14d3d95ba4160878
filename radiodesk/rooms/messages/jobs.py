"""What the worker does for the channels: fetch files of messages, send replies. Only here the network is waited for."""

from contextlib import closing
from datetime import datetime
from tempfile import SpooledTemporaryFile

from sqlalchemy.orm import Session

from radiodesk.core import events, i18n, jobs
from radiodesk.core.errors import Refusal, TooLarge
from radiodesk.core.private_columns import readable
from radiodesk.rooms.calls.merged_calls import standing
from radiodesk.rooms.calls.models import Call
from radiodesk.rooms.calls.place_field import hint_phrases
from radiodesk.rooms.calls.reception import attach
from radiodesk.rooms.messages import attachments, outbox
from radiodesk.rooms.messages.channels import channel_of
from radiodesk.rooms.messages.intake import FETCH_JOB
from radiodesk.rooms.messages.models import IncomingMedia, OutgoingMessage, TransferState
from radiodesk.rooms.messages.ports import MediaChannel, NotSent
from radiodesk.rooms.recordings import services as audio

_SUFFIXES = {"audio/ogg": ".ogg", "audio/mpeg": ".mp3", "audio/mp4": ".m4a", "audio/aac": ".aac", "audio/amr": ".amr"}


def send(context: jobs.Context, row_id: int) -> None:
    """Send one reply."""
    with context.database.reading() as session:
        row = session.get_one(OutgoingMessage, row_id)
        if row.state not in outbox.UNSENT:
            return
        call = row.call
    with i18n.speaking(context.settings.language):
        try:
            external_id = outbox.send(context.settings, call, readable(row.to), readable(row.text))
        except NotSent as refusal:
            if refusal.again:
                with context.database.writing() as session:
                    held = session.get_one(OutgoingMessage, row_id)
                    outbox.put_off(session, held, str(refusal), at=context.clock.now())
            raise jobs.Failed(str(refusal), again=refusal.again) from None
    # The channel has it: a try that ended here would send it again.
    jobs.surely(
        context.database,
        lambda session: outbox.note_sent(
            session, session.get_one(OutgoingMessage, row_id), external_id, at=context.clock.now()
        ),
    )


def _give_up(session: Session, row_id: int, why: str, at: datetime) -> None:
    row = session.get_one(OutgoingMessage, row_id)
    if row.state in outbox.UNSENT:
        outbox.give_up(session, row, why, at=at)


def fetch(context: jobs.Context, media_id: int) -> None:
    """Fetch one file of a message: sound goes to the recogniser, everything else beside the call."""
    with context.database.reading() as session:
        media = session.get_one(IncomingMedia, media_id)
        if media.state is TransferState.DONE:
            return
        channel = channel_of(session.get_one(Call, media.call_id))
    with i18n.speaking(context.settings.language), SpooledTemporaryFile(max_size=1 << 20) as held:
        try:
            if not isinstance(channel, MediaChannel):
                raise NotSent(i18n.gettext("The channel of this file is not there any more."))
            limit = context.settings.upload_megabytes * 1024 * 1024
            with closing(channel.fetch(context.settings, media.external_id)) as blocks:
                for block in blocks:
                    held.write(block)
                    if held.tell() > limit:
                        raise NotSent(i18n.gettext("The file is larger than the station takes."))
            held.seek(0)
            _keep(context, media_id, held)
        except NotSent as refusal:
            _put_off(context, media_id, str(refusal), again=refusal.again)
        except Refusal as refusal:
            _put_off(context, media_id, i18n.say(refusal), again=not isinstance(refusal, TooLarge))


def _keep(context: jobs.Context, media_id: int, held: "SpooledTemporaryFile[bytes]") -> None:
    settings, at = context.settings, context.clock.now()
    with context.database.reading() as session:
        media = session.get_one(IncomingMedia, media_id)
    kind = media.mime.split(";")[0].strip().lower()
    # The file is in the store before the transaction begins: nobody waits for the disk, or for a store that is slow.
    name = media.name or (f"{media.channel}{_SUFFIXES.get(kind, '.mp4')}" if _is_sound(kind) else kind)
    sound = audio.lay_down(settings, held, name, at=at) if _is_sound(kind) else None
    other = None if sound is not None else attachments.lay_down(settings, held, name, media.mime, at=at)
    try:
        with context.database.writing() as session:
            call = _call_of(session, media)
            if sound is not None:
                recording = audio.describe(session, sound, at=at)
                attach(session, call, recording, phrases=hint_phrases(settings, call.place), by="desk", at=at)
            if other is not None:
                attachments.describe(session, call, other, at=at)
                events.announce(session, at, "calls", "attachment", call.public_id)
            done = session.get_one(IncomingMedia, media_id)
            done.state, done.problem = TransferState.DONE, None
    except BaseException:
        # Nobody would know of it.
        if sound is not None:
            audio.pick_up(settings, sound)
        if other is not None:
            attachments.pick_up(settings, other)
        raise


def _is_sound(kind: str) -> bool:
    return kind.startswith(("audio/", "video/"))


def _put_off(context: jobs.Context, media_id: int, why: str, *, again: bool) -> None:
    if again:
        at = context.clock.now()
        with context.database.writing() as session:
            media = session.get_one(IncomingMedia, media_id)
            media.problem = why
            events.announce(session, at, "calls", "attachment", _call_of(session, media).public_id)
    raise jobs.Failed(why, again=again)


def _not_fetched(session: Session, media_id: int, why: str, at: datetime) -> None:
    media = session.get_one(IncomingMedia, media_id)
    if media.state is TransferState.DONE:
        return
    media.state, media.problem = TransferState.FAILED, why
    events.announce(session, at, "calls", "attachment", _call_of(session, media).public_id)


def _call_of(session: Session, media: IncomingMedia) -> Call:
    """The call that a file belongs to now, after all merges."""
    return standing(session, session.get_one(Call, media.call_id))


KINDS = {
    outbox.SEND_JOB: jobs.Kind(send, _give_up, waits=outbox.WAITS),
    FETCH_JOB: jobs.Kind(fetch, _not_fetched, waits=outbox.WAITS),
}
