"""Every table of the first release"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from radiodesk.core.database import Moment
from radiodesk.core.private_columns import Private

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "answer_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_text")),
        sa.UniqueConstraint("public_id", name=op.f("uq_answer_text_public_id")),
    )
    op.create_table(
        "appeal_use",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("appeal", sa.String(length=60), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal_use")),
    )
    with op.batch_alter_table("appeal_use", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_appeal_use_appeal"), ["appeal"], unique=False)
        batch_op.create_index(batch_op.f("ix_appeal_use_at"), ["at"], unique=False)

    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sa.UniqueConstraint("digest", name=op.f("uq_audit_digest")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_action"), ["action"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_subject"), ["subject"], unique=False)

    op.create_table(
        "blocked_number",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("phone", Private(), nullable=False),
        sa.Column("phone_hash", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("until", Moment(), nullable=True),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("lifted_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blocked_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_blocked_number_public_id")),
    )
    with op.batch_alter_table("blocked_number", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_blocked_number_phone_hash"), ["phone_hash"], unique=False)

    op.create_table(
        "caller_warning",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("phone_hash", sa.String(length=64), nullable=False),
        sa.Column("text", Private(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caller_warning")),
    )
    with op.batch_alter_table("caller_warning", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_caller_warning_phone_hash"), ["phone_hash"], unique=False)

    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=36), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_at"), ["at"], unique=False)

    op.create_table(
        "failed_sign_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("username_hash", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failed_sign_in")),
    )
    with op.batch_alter_table("failed_sign_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_failed_sign_in_address"), ["address"], unique=False)
        batch_op.create_index(batch_op.f("ix_failed_sign_in_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_failed_sign_in_username_hash"), ["username_hash"], unique=False)

    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("role_names", sa.JSON(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("not_before", Moment(), nullable=True),
        sa.Column("leased_until", Moment(), nullable=True),
        sa.Column("finished_at", Moment(), nullable=True),
        sa.Column("progress", sa.Double(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_kind"), ["kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_job_state"), ["state"], unique=False)

    op.create_table(
        "journal_position",
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("part", name=op.f("pk_journal_position")),
    )
    op.create_table(
        "listened_phrase",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("phrase", sa.String(length=80), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("until", Moment(), nullable=True),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listened_phrase")),
        sa.UniqueConstraint("phrase", "source", name=op.f("uq_listened_phrase_phrase_source")),
        sa.UniqueConstraint("public_id", name=op.f("uq_listened_phrase_public_id")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("username", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("role_names", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=True),
        sa.Column("totp_secret", Private(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("public_id", name=op.f("uq_person_public_id")),
        sa.UniqueConstraint("username", name=op.f("uq_person_username")),
    )
    op.create_table(
        "programme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("starts", sa.String(length=5), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("template", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme")),
        sa.UniqueConstraint("public_id", name=op.f("uq_programme_public_id")),
        sa.UniqueConstraint("title", name=op.f("uq_programme_title")),
    )
    op.create_table(
        "published_broadcast",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("withdrawn_at", Moment(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("programme", sa.String(length=120), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("hosts", sa.JSON(), nullable=False),
        sa.Column("tickets", sa.JSON(), nullable=False),
        sa.Column("as_run", sa.JSON(), nullable=False),
        sa.Column("removed", sa.JSON(), nullable=False),
        sa.Column("corrections", sa.JSON(), nullable=False),
        sa.Column("ledger_line", sa.JSON(), nullable=False),
        sa.Column("published_at", Moment(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_broadcast")),
        sa.UniqueConstraint("public_id", name=op.f("uq_published_broadcast_public_id")),
    )
    with op.batch_alter_table("published_broadcast", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_published_broadcast_published_at"), ["published_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_published_broadcast_started_at"), ["started_at"], unique=False)

    op.create_table(
        "published_ticket",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_public_id", sa.String(length=36), nullable=False),
        sa.Column("ticket_version", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("pin_hash", sa.String(length=160), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("joined", sa.Boolean(), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=True),
        sa.Column("unit", sa.String(length=120), nullable=True),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("entries", sa.JSON(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("promised_at", Moment(), nullable=True),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_ticket")),
        sa.UniqueConstraint("number", name=op.f("uq_published_ticket_number")),
        sa.UniqueConstraint("ticket_public_id", name=op.f("uq_published_ticket_ticket_public_id")),
    )
    with op.batch_alter_table("published_ticket", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_published_ticket_category"), ["category"], unique=False)
        batch_op.create_index(batch_op.f("ix_published_ticket_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_published_ticket_listed"), ["listed"], unique=False)

    op.create_table(
        "reading_speed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reader", sa.String(length=80), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_speed")),
        sa.UniqueConstraint("reader", name=op.f("uq_reading_speed_reader")),
    )
    op.create_table(
        "recording",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("direction", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("original_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("duration", sa.Double(), nullable=False),
        sa.Column("sample_rate", sa.Integer(), nullable=False),
        sa.Column("channels", sa.Integer(), nullable=False),
        sa.Column("codec", sa.String(length=40), nullable=False),
        sa.Column("started_at", Moment(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording")),
        sa.UniqueConstraint("key", name=op.f("uq_recording_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_recording_public_id")),
    )
    with op.batch_alter_table("recording", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recording_sha256"), ["sha256"], unique=False)

    op.create_table(
        "road_condition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("place_ids", sa.JSON(), nullable=False),
        sa.Column("toward", sa.JSON(), nullable=False),
        sa.Column("flow", sa.String(length=16), nullable=True),
        sa.Column("obstacle", sa.String(length=200), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("first_at", Moment(), nullable=False),
        sa.Column("last_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("confirmations", sa.Integer(), nullable=False),
        sa.Column("detour", sa.String(length=300), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("ended_why", sa.String(length=120), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_road_condition")),
        sa.UniqueConstraint("public_id", name=op.f("uq_road_condition_public_id")),
    )
    with op.batch_alter_table("road_condition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_road_condition_ended_at"), ["ended_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_road_condition_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "script",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("approved_version", sa.Integer(), nullable=True),
        sa.Column("approved_by", sa.String(length=40), nullable=True),
        sa.Column("approved_at", Moment(), nullable=True),
        sa.Column("valid_until", Moment(), nullable=True),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["corrects_id"], ["script.id"], name=op.f("fk_script_corrects_id_script")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_script")),
        sa.UniqueConstraint("public_id", name=op.f("uq_script_public_id")),
    )
    op.create_table(
        "situation_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("unit", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_situation_report")),
        sa.UniqueConstraint("public_id", name=op.f("uq_situation_report_public_id")),
    )
    with op.batch_alter_table("situation_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_situation_report_day"), ["day"], unique=False)

    op.create_table(
        "spoken_wording",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spoken_wording")),
        sa.UniqueConstraint("name", name=op.f("uq_spoken_wording_name")),
    )
    op.create_table(
        "talkback_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talkback_message")),
    )
    with op.batch_alter_table("talkback_message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_talkback_message_at"), ["at"], unique=False)

    op.create_table(
        "ticket_counter",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_ticket_counter")),
    )
    op.create_table(
        "tracking_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("number_hash", sa.String(length=64), nullable=False),
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tracking_attempt")),
    )
    with op.batch_alter_table("tracking_attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tracking_attempt_address_hash"), ["address_hash"], unique=False)
        batch_op.create_index(batch_op.f("ix_tracking_attempt_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_tracking_attempt_number_hash"), ["number_hash"], unique=False)

    op.create_table(
        "traffic_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("next_at", Moment(), nullable=True),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("last_success_at", Moment(), nullable=True),
        sa.Column("last_items", sa.Integer(), nullable=False),
        sa.Column("last_kept", sa.Integer(), nullable=False),
        sa.Column("own_network", sa.Boolean(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_traffic_source")),
        sa.UniqueConstraint("name", name=op.f("uq_traffic_source_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_traffic_source_public_id")),
    )
    with op.batch_alter_table("traffic_source", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_traffic_source_next_at"), ["next_at"], unique=False)

    op.create_table(
        "warning",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("identifier", sa.String(length=300), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warning")),
        sa.UniqueConstraint("identifier", name=op.f("uq_warning_identifier")),
    )
    with op.batch_alter_table("warning", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_warning_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "broadcast",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("planned_start", Moment(), nullable=False),
        sa.Column("planned_seconds", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("on_air_at", Moment(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("sealed_at", Moment(), nullable=True),
        sa.Column("published_at", Moment(), nullable=True),
        sa.Column("hosts", sa.JSON(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_broadcast_programme_id_programme")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast")),
        sa.UniqueConstraint("public_id", name=op.f("uq_broadcast_public_id")),
    )
    with op.batch_alter_table("broadcast", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_broadcast_planned_start"), ["planned_start"], unique=False)
        batch_op.create_index(batch_op.f("ix_broadcast_programme_id"), ["programme_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_broadcast_state"), ["state"], unique=False)

    op.create_table(
        "live_words",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("take", sa.String(length=60), nullable=False),
        sa.Column("about", sa.String(length=36), nullable=True),
        sa.Column("recording_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("settled", Private(), nullable=False),
        sa.Column("tentative", Private(), nullable=False),
        sa.Column("heard_until", sa.Double(), nullable=False),
        sa.Column("reached", sa.Double(), nullable=False),
        sa.Column("lag", sa.Double(), nullable=False),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["recording_id"], ["recording.id"], name=op.f("fk_live_words_recording_id_recording")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_words")),
        sa.UniqueConstraint("take", name=op.f("uq_live_words_take")),
    )
    with op.batch_alter_table("live_words", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_live_words_about"), ["about"], unique=False)
        batch_op.create_index(batch_op.f("ix_live_words_recording_id"), ["recording_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_live_words_updated_at"), ["updated_at"], unique=False)

    op.create_table(
        "published_piece",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("broadcast_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("segments", sa.JSON(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("offset", sa.Double(), nullable=True),
        sa.Column("audio_key", sa.String(length=200), nullable=True),
        sa.Column("audio_bytes", sa.Integer(), nullable=False),
        sa.Column("audio_sha256", sa.String(length=64), nullable=True),
        sa.Column("duration", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["broadcast_id"],
            ["published_broadcast.id"],
            name=op.f("fk_published_piece_broadcast_id_published_broadcast"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_piece")),
        sa.UniqueConstraint("audio_key", name=op.f("uq_published_piece_audio_key")),
    )
    with op.batch_alter_table("published_piece", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_published_piece_broadcast_id"), ["broadcast_id"], unique=False)

    op.create_table(
        "script_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("script_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["script_id"], ["script.id"], name=op.f("fk_script_version_script_id_script")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_script_version")),
        sa.UniqueConstraint("script_id", "number", name=op.f("uq_script_version_script_id_number")),
    )
    with op.batch_alter_table("script_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_script_version_script_id"), ["script_id"], unique=False)

    op.create_table(
        "sign_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("revoked_at", Moment(), nullable=True),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("browser", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_token_hash")),
    )
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_person_id"), ["person_id"], unique=False)

    op.create_table(
        "ticket_reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("published_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("text", Private(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("taken_at", Moment(), nullable=True),
        sa.Column("refused", sa.String(length=300), nullable=True),
        sa.ForeignKeyConstraint(
            ["published_id"], ["published_ticket.id"], name=op.f("fk_ticket_reply_published_id_published_ticket")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_reply")),
    )
    with op.batch_alter_table("ticket_reply", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ticket_reply_published_id"), ["published_id"], unique=False)

    op.create_table(
        "transcript",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("engine", sa.String(length=40), nullable=False),
        sa.Column("model", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("segments", sa.JSON(), nullable=False),
        sa.Column("phrases", sa.JSON(), nullable=False),
        sa.Column("duration", sa.Double(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("progress", sa.Double(), nullable=False),
        sa.Column("heard_until", sa.Double(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("finished_at", Moment(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["recording_id"], ["recording.id"], name=op.f("fk_transcript_recording_id_recording")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transcript")),
        sa.UniqueConstraint("public_id", name=op.f("uq_transcript_public_id")),
        sa.UniqueConstraint("recording_id", "version", name=op.f("uq_transcript_recording_id_version")),
    )
    with op.batch_alter_table("transcript", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_transcript_recording_id"), ["recording_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_transcript_state"), ["state"], unique=False)

    op.create_table(
        "as_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("broadcast_id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("offset", sa.Double(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=36), nullable=True),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcast.id"], name=op.f("fk_as_run_broadcast_id_broadcast")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_as_run")),
    )
    with op.batch_alter_table("as_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_as_run_broadcast_id"), ["broadcast_id"], unique=False)

    op.create_table(
        "broadcast_recording",
        sa.Column("broadcast_id", sa.Integer(), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["broadcast_id"], ["broadcast.id"], name=op.f("fk_broadcast_recording_broadcast_id_broadcast")
        ),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recording.id"], name=op.f("fk_broadcast_recording_recording_id_recording")
        ),
        sa.PrimaryKeyConstraint("broadcast_id", "recording_id", name=op.f("pk_broadcast_recording")),
    )
    op.create_table(
        "call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("screened_at", Moment(), nullable=True),
        sa.Column("queued_at", Moment(), nullable=True),
        sa.Column("on_air_at", Moment(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("ended_why", sa.String(length=20), nullable=True),
        sa.Column("phone", Private(), nullable=True),
        sa.Column("phone_hash", sa.String(length=64), nullable=True),
        sa.Column("withheld", sa.Boolean(), nullable=False),
        sa.Column("name", Private(), nullable=True),
        sa.Column("name_hash", sa.String(length=64), nullable=True),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("place_id", sa.String(length=60), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("topic", sa.String(length=120), nullable=False),
        sa.Column("point", sa.String(length=200), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=True),
        sa.Column("urgency", sa.String(length=20), nullable=False),
        sa.Column("vip", sa.Boolean(), nullable=False),
        sa.Column("protected", sa.String(length=20), nullable=True),
        sa.Column("may_name", sa.Boolean(), nullable=False),
        sa.Column("may_call_back", sa.Boolean(), nullable=False),
        sa.Column("consent_at", Moment(), nullable=True),
        sa.Column("consent_by", sa.String(length=80), nullable=True),
        sa.Column("line", sa.String(length=60), nullable=True),
        sa.Column("line_quality", sa.Integer(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("position", sa.Double(), nullable=False),
        sa.Column("same_event_id", sa.Integer(), nullable=True),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("locked_by", sa.String(length=80), nullable=True),
        sa.Column("screened_by", sa.String(length=80), nullable=True),
        sa.Column("handed_to", sa.String(length=40), nullable=True),
        sa.Column("handed_at", Moment(), nullable=True),
        sa.Column("called_back_at", Moment(), nullable=True),
        sa.Column("called_back_by", sa.String(length=80), nullable=True),
        sa.Column("broadcast_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcast.id"], name=op.f("fk_call_broadcast_id_broadcast")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["call.id"], name=op.f("fk_call_merged_into_id_call")),
        sa.ForeignKeyConstraint(["same_event_id"], ["call.id"], name=op.f("fk_call_same_event_id_call")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
        sa.UniqueConstraint("public_id", name=op.f("uq_call_public_id")),
    )
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_broadcast_id"), ["broadcast_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_call_name_hash"), ["name_hash"], unique=False)
        batch_op.create_index(batch_op.f("ix_call_phone_hash"), ["phone_hash"], unique=False)
        batch_op.create_index(batch_op.f("ix_call_received_at"), ["received_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_call_same_event_id"), ["same_event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_call_state_position"), ["state", "position"], unique=False)

    op.create_table(
        "package",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("broadcast_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("requested_at", Moment(), nullable=False),
        sa.Column("requested_by", sa.String(length=80), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("manifest", sa.String(length=64), nullable=True),
        sa.Column("previous", sa.String(length=64), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("sealed_at", Moment(), nullable=True),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("notices", sa.JSON(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcast.id"], name=op.f("fk_package_broadcast_id_broadcast")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_package")),
        sa.UniqueConstraint("broadcast_id", name=op.f("uq_package_broadcast_id")),
        sa.UniqueConstraint("digest", name=op.f("uq_package_digest")),
        sa.UniqueConstraint("public_id", name=op.f("uq_package_public_id")),
        sa.UniqueConstraint("sequence", name=op.f("uq_package_sequence")),
    )
    with op.batch_alter_table("package", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_package_state"), ["state"], unique=False)

    op.create_table(
        "rundown_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("broadcast_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("reader", sa.String(length=80), nullable=False),
        sa.Column("script_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["broadcast_id"], ["broadcast.id"], name=op.f("fk_rundown_item_broadcast_id_broadcast")
        ),
        sa.ForeignKeyConstraint(["script_id"], ["script.id"], name=op.f("fk_rundown_item_script_id_script")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rundown_item")),
        sa.UniqueConstraint("public_id", name=op.f("uq_rundown_item_public_id")),
    )
    with op.batch_alter_table("rundown_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rundown_item_broadcast_id"), ["broadcast_id"], unique=False)

    op.create_table(
        "call_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("before", Private(), nullable=False),
        sa.Column("batch", sa.String(length=36), nullable=False),
        sa.Column("call_version", sa.Integer(), nullable=False),
        sa.Column("undone_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_call_act_call_id_call")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_act")),
    )
    with op.batch_alter_table("call_act", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_act_batch"), ["batch"], unique=False)
        batch_op.create_index(batch_op.f("ix_call_act_by"), ["by"], unique=False)
        batch_op.create_index(batch_op.f("ix_call_act_call_id"), ["call_id"], unique=False)

    op.create_table(
        "call_attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("mime", sa.String(length=120), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_call_attachment_call_id_call")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_attachment")),
        sa.UniqueConstraint("key", name=op.f("uq_call_attachment_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_call_attachment_public_id")),
    )
    with op.batch_alter_table("call_attachment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_attachment_call_id"), ["call_id"], unique=False)

    op.create_table(
        "call_recording",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_call_recording_call_id_call")),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recording.id"], name=op.f("fk_call_recording_recording_id_recording")
        ),
        sa.PrimaryKeyConstraint("call_id", "recording_id", name=op.f("pk_call_recording")),
    )
    op.create_table(
        "call_take",
        sa.Column("take", sa.String(length=60), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_call_take_call_id_call")),
        sa.PrimaryKeyConstraint("take", name=op.f("pk_call_take")),
    )
    with op.batch_alter_table("call_take", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_take_call_id"), ["call_id"], unique=False)

    op.create_table(
        "channel_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("sender_hash", sa.String(length=64), nullable=True),
        sa.Column("text", Private(), nullable=False),
        sa.Column("before", Private(), nullable=True),
        sa.Column("edited_at", Moment(), nullable=True),
        sa.Column("deleted_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_channel_message_call_id_call")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_message")),
        sa.UniqueConstraint("channel", "external_id", name=op.f("uq_channel_message_channel_external_id")),
    )
    with op.batch_alter_table("channel_message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_channel_message_call_id"), ["call_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_channel_message_received_at"), ["received_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_channel_message_sender_hash"), ["sender_hash"], unique=False)

    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["package_id"], ["package.id"], name=op.f("fk_correction_package_id_package")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
        sa.UniqueConstraint("public_id", name=op.f("uq_correction_public_id")),
    )
    with op.batch_alter_table("correction", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_correction_package_id"), ["package_id"], unique=False)

    op.create_table(
        "fixity_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("differences", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["package_id"], ["package.id"], name=op.f("fk_fixity_check_package_id_package")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fixity_check")),
    )
    with op.batch_alter_table("fixity_check", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fixity_check_package_id"), ["package_id"], unique=False)

    op.create_table(
        "incoming_media",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("mime", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_incoming_media_call_id_call")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_media")),
    )
    with op.batch_alter_table("incoming_media", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incoming_media_call_id"), ["call_id"], unique=False)

    op.create_table(
        "line_call",
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("line", sa.String(length=60), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_line_call_call_id_call")),
        sa.PrimaryKeyConstraint("part", "key", name=op.f("pk_line_call")),
    )
    with op.batch_alter_table("line_call", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_line_call_call_id"), ["call_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_line_call_stage"), ["stage"], unique=False)

    op.create_table(
        "outgoing_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("to", Private(), nullable=False),
        sa.Column("text", Private(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_outgoing_message_call_id_call")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_message")),
        sa.UniqueConstraint("public_id", name=op.f("uq_outgoing_message_public_id")),
    )
    with op.batch_alter_table("outgoing_message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outgoing_message_call_id"), ["call_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outgoing_message_external_id"), ["external_id"], unique=False)

    op.create_table(
        "publication",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("broadcast_id", sa.Integer(), nullable=False),
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("asked_by", sa.String(length=80), nullable=False),
        sa.Column("published_at", Moment(), nullable=True),
        sa.Column("withdrawn_at", Moment(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcast.id"], name=op.f("fk_publication_broadcast_id_broadcast")),
        sa.ForeignKeyConstraint(["package_id"], ["package.id"], name=op.f("fk_publication_package_id_package")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
        sa.UniqueConstraint("broadcast_id", name=op.f("uq_publication_broadcast_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_publication_public_id")),
    )
    op.create_table(
        "road_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("observed_at", Moment(), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=True),
        sa.Column("external_id", sa.String(length=200), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("spot", sa.String(length=200), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=True),
        sa.Column("condition_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_road_report_call_id_call")),
        sa.ForeignKeyConstraint(
            ["condition_id"], ["road_condition.id"], name=op.f("fk_road_report_condition_id_road_condition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_road_report")),
        sa.UniqueConstraint("public_id", name=op.f("uq_road_report_public_id")),
    )
    with op.batch_alter_table("road_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_road_report_condition_id"), ["condition_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_road_report_external_id"), ["external_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_road_report_observed_at"), ["observed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_road_report_received_at"), ["received_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_road_report_spot"), ["spot"], unique=False)

    op.create_table(
        "ticket",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("pin_hash", sa.String(length=160), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=True),
        sa.Column("category", sa.String(length=40), nullable=True),
        sa.Column("unit_id", sa.String(length=60), nullable=True),
        sa.Column("urgency", sa.String(length=20), nullable=False),
        sa.Column("suggestion", sa.JSON(), nullable=True),
        sa.Column("decided_by", sa.String(length=80), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("corrected", sa.Boolean(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=True),
        sa.Column("place_id", sa.String(length=80), nullable=True),
        sa.Column("phone", Private(), nullable=True),
        sa.Column("phone_hash", sa.String(length=64), nullable=True),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("policies", sa.JSON(), nullable=False),
        sa.Column("opened_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_ticket_call_id_call")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["ticket.id"], name=op.f("fk_ticket_merged_into_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
        sa.UniqueConstraint("number", name=op.f("uq_ticket_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_ticket_public_id")),
    )
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ticket_call_id"), ["call_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ticket_category"), ["category"], unique=False)
        batch_op.create_index(batch_op.f("ix_ticket_corrected"), ["corrected"], unique=False)
        batch_op.create_index(batch_op.f("ix_ticket_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_ticket_merged_into_id"), ["merged_into_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ticket_phone_hash"), ["phone_hash"], unique=False)
        batch_op.create_index("ix_ticket_state_due_at", ["state", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_ticket_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "publication_piece",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=36), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("tokens", sa.JSON(), nullable=False),
        sa.Column("segments", sa.JSON(), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=True),
        sa.Column("offset", sa.Double(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("withheld", sa.String(length=160), nullable=True),
        sa.Column("doubt", sa.String(length=160), nullable=True),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["publication.id"], name=op.f("fk_publication_piece_publication_id_publication")
        ),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recording.id"], name=op.f("fk_publication_piece_recording_id_recording")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication_piece")),
        sa.UniqueConstraint("public_id", name=op.f("uq_publication_piece_public_id")),
    )
    with op.batch_alter_table("publication_piece", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_publication_piece_publication_id"), ["publication_id"], unique=False)

    op.create_table(
        "ticket_deadline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("policy", sa.String(length=40), nullable=False),
        sa.Column("step", sa.String(length=40), nullable=False),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("met_at", Moment(), nullable=True),
        sa.Column("cancelled_at", Moment(), nullable=True),
        sa.Column("extended_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_deadline_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_deadline")),
    )
    with op.batch_alter_table("ticket_deadline", schema=None) as batch_op:
        batch_op.create_index("ix_ticket_deadline_open", ["due_at", "met_at", "cancelled_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_ticket_deadline_ticket_id"), ["ticket_id"], unique=False)

    op.create_table(
        "ticket_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.String(length=60), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_entry_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_entry")),
    )
    with op.batch_alter_table("ticket_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ticket_entry_ticket_id"), ["ticket_id"], unique=False)

    op.create_table(
        "publication_span",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=36), nullable=False),
        sa.Column("piece_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("begins", sa.Double(), nullable=True),
        sa.Column("ends", sa.Double(), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["piece_id"], ["publication_piece.id"], name=op.f("fk_publication_span_piece_id_publication_piece")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication_span")),
        sa.UniqueConstraint("public_id", name=op.f("uq_publication_span_public_id")),
    )
    with op.batch_alter_table("publication_span", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_publication_span_piece_id"), ["piece_id"], unique=False)

    postgres = op.get_bind().dialect.name == "postgresql"
    if postgres:
        op.execute(
            "CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$"
        )
    for verb in ("UPDATE", "DELETE"):
        act = (
            "FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()"
            if postgres
            else "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END"
        )
        op.execute(f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit {act}")


def downgrade() -> None:
    with op.batch_alter_table("publication_span", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_publication_span_piece_id"))

    op.drop_table("publication_span")
    with op.batch_alter_table("ticket_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ticket_entry_ticket_id"))

    op.drop_table("ticket_entry")
    with op.batch_alter_table("ticket_deadline", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ticket_deadline_ticket_id"))
        batch_op.drop_index("ix_ticket_deadline_open")

    op.drop_table("ticket_deadline")
    with op.batch_alter_table("publication_piece", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_publication_piece_publication_id"))

    op.drop_table("publication_piece")
    with op.batch_alter_table("ticket", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ticket_unit_id"))
        batch_op.drop_index("ix_ticket_state_due_at")
        batch_op.drop_index(batch_op.f("ix_ticket_phone_hash"))
        batch_op.drop_index(batch_op.f("ix_ticket_merged_into_id"))
        batch_op.drop_index(batch_op.f("ix_ticket_created_at"))
        batch_op.drop_index(batch_op.f("ix_ticket_corrected"))
        batch_op.drop_index(batch_op.f("ix_ticket_category"))
        batch_op.drop_index(batch_op.f("ix_ticket_call_id"))

    op.drop_table("ticket")
    with op.batch_alter_table("road_report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_road_report_spot"))
        batch_op.drop_index(batch_op.f("ix_road_report_received_at"))
        batch_op.drop_index(batch_op.f("ix_road_report_observed_at"))
        batch_op.drop_index(batch_op.f("ix_road_report_external_id"))
        batch_op.drop_index(batch_op.f("ix_road_report_condition_id"))

    op.drop_table("road_report")
    op.drop_table("publication")
    with op.batch_alter_table("outgoing_message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outgoing_message_external_id"))
        batch_op.drop_index(batch_op.f("ix_outgoing_message_call_id"))

    op.drop_table("outgoing_message")
    with op.batch_alter_table("line_call", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_line_call_stage"))
        batch_op.drop_index(batch_op.f("ix_line_call_call_id"))

    op.drop_table("line_call")
    with op.batch_alter_table("incoming_media", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_incoming_media_call_id"))

    op.drop_table("incoming_media")
    with op.batch_alter_table("fixity_check", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_fixity_check_package_id"))

    op.drop_table("fixity_check")
    with op.batch_alter_table("correction", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_correction_package_id"))

    op.drop_table("correction")
    with op.batch_alter_table("channel_message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_channel_message_sender_hash"))
        batch_op.drop_index(batch_op.f("ix_channel_message_received_at"))
        batch_op.drop_index(batch_op.f("ix_channel_message_call_id"))

    op.drop_table("channel_message")
    with op.batch_alter_table("call_take", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_call_take_call_id"))

    op.drop_table("call_take")
    op.drop_table("call_recording")
    with op.batch_alter_table("call_attachment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_call_attachment_call_id"))

    op.drop_table("call_attachment")
    with op.batch_alter_table("call_act", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_call_act_call_id"))
        batch_op.drop_index(batch_op.f("ix_call_act_by"))
        batch_op.drop_index(batch_op.f("ix_call_act_batch"))

    op.drop_table("call_act")
    with op.batch_alter_table("rundown_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rundown_item_broadcast_id"))

    op.drop_table("rundown_item")
    with op.batch_alter_table("package", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_package_state"))

    op.drop_table("package")
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_call_state_position"))
        batch_op.drop_index(batch_op.f("ix_call_same_event_id"))
        batch_op.drop_index(batch_op.f("ix_call_received_at"))
        batch_op.drop_index(batch_op.f("ix_call_phone_hash"))
        batch_op.drop_index(batch_op.f("ix_call_name_hash"))
        batch_op.drop_index(batch_op.f("ix_call_broadcast_id"))

    op.drop_table("call")
    op.drop_table("broadcast_recording")
    with op.batch_alter_table("as_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_as_run_broadcast_id"))

    op.drop_table("as_run")
    with op.batch_alter_table("transcript", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_transcript_state"))
        batch_op.drop_index(batch_op.f("ix_transcript_recording_id"))

    op.drop_table("transcript")
    with op.batch_alter_table("ticket_reply", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ticket_reply_published_id"))

    op.drop_table("ticket_reply")
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_person_id"))

    op.drop_table("sign_in")
    with op.batch_alter_table("script_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_script_version_script_id"))

    op.drop_table("script_version")
    with op.batch_alter_table("published_piece", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_published_piece_broadcast_id"))

    op.drop_table("published_piece")
    with op.batch_alter_table("live_words", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_live_words_updated_at"))
        batch_op.drop_index(batch_op.f("ix_live_words_recording_id"))
        batch_op.drop_index(batch_op.f("ix_live_words_about"))

    op.drop_table("live_words")
    with op.batch_alter_table("broadcast", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_broadcast_state"))
        batch_op.drop_index(batch_op.f("ix_broadcast_programme_id"))
        batch_op.drop_index(batch_op.f("ix_broadcast_planned_start"))

    op.drop_table("broadcast")
    with op.batch_alter_table("warning", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_warning_expires_at"))

    op.drop_table("warning")
    with op.batch_alter_table("traffic_source", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_traffic_source_next_at"))

    op.drop_table("traffic_source")
    with op.batch_alter_table("tracking_attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tracking_attempt_number_hash"))
        batch_op.drop_index(batch_op.f("ix_tracking_attempt_at"))
        batch_op.drop_index(batch_op.f("ix_tracking_attempt_address_hash"))

    op.drop_table("tracking_attempt")
    op.drop_table("ticket_counter")
    with op.batch_alter_table("talkback_message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_talkback_message_at"))

    op.drop_table("talkback_message")
    op.drop_table("spoken_wording")
    with op.batch_alter_table("situation_report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_situation_report_day"))

    op.drop_table("situation_report")
    op.drop_table("script")
    with op.batch_alter_table("road_condition", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_road_condition_expires_at"))
        batch_op.drop_index(batch_op.f("ix_road_condition_ended_at"))

    op.drop_table("road_condition")
    with op.batch_alter_table("recording", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recording_sha256"))

    op.drop_table("recording")
    op.drop_table("reading_speed")
    with op.batch_alter_table("published_ticket", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_published_ticket_listed"))
        batch_op.drop_index(batch_op.f("ix_published_ticket_created_at"))
        batch_op.drop_index(batch_op.f("ix_published_ticket_category"))

    op.drop_table("published_ticket")
    with op.batch_alter_table("published_broadcast", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_published_broadcast_started_at"))
        batch_op.drop_index(batch_op.f("ix_published_broadcast_published_at"))

    op.drop_table("published_broadcast")
    op.drop_table("programme")
    op.drop_table("person")
    op.drop_table("listened_phrase")
    op.drop_table("journal_position")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_state"))
        batch_op.drop_index(batch_op.f("ix_job_kind"))

    op.drop_table("job")
    op.drop_table("invitation")
    with op.batch_alter_table("failed_sign_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_failed_sign_in_username_hash"))
        batch_op.drop_index(batch_op.f("ix_failed_sign_in_at"))
        batch_op.drop_index(batch_op.f("ix_failed_sign_in_address"))

    op.drop_table("failed_sign_in")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_event_at"))

    op.drop_table("event")
    with op.batch_alter_table("caller_warning", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_caller_warning_phone_hash"))

    op.drop_table("caller_warning")
    with op.batch_alter_table("blocked_number", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_blocked_number_phone_hash"))

    op.drop_table("blocked_number")
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_subject"))
        batch_op.drop_index(batch_op.f("ix_audit_at"))
        batch_op.drop_index(batch_op.f("ix_audit_action"))

    op.drop_table("audit")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_is_append_only()")
    with op.batch_alter_table("appeal_use", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_appeal_use_at"))
        batch_op.drop_index(batch_op.f("ix_appeal_use_appeal"))

    op.drop_table("appeal_use")
    op.drop_table("answer_text")
