"""People of the station, their roles, their sign-ins, and the invitations that let a new one in."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from radiodesk.core.database import Base
from radiodesk.core.i18n import N_
from radiodesk.core.private_columns import Private


class Role(StrEnum):
    """What a person does at the station; a person may have several."""

    ADMINISTRATOR = "administrator"
    PRODUCER = "producer"
    SCREENER = "screener"
    HOST = "host"
    OFFICER = "officer"
    TICKET_OFFICER = "ticket officer"
    ARCHIVIST = "archivist"


ROLE_NAMES = {
    Role.ADMINISTRATOR: N_("Administrator"),
    Role.PRODUCER: N_("Producer"),
    Role.SCREENER: N_("Screener"),
    Role.HOST: N_("Host"),
    Role.OFFICER: N_("Officer"),
    Role.TICKET_OFFICER: N_("Ticket officer"),
    Role.ARCHIVIST: N_("Archivist"),
}


ROLE_TASKS = {
    Role.ADMINISTRATOR: N_("Looks after people, telephone lines and the station, and may do everything."),
    Role.PRODUCER: N_("Plans and steers broadcasts; sees the queue, scripts, traffic, complaints and the archive."),
    Role.SCREENER: N_("Answers telephone and messages, fills in the callers' cards and makes callers ready."),
    Role.HOST: N_("Speaks on air: takes callers, reads scripts and keeps to the rundown."),
    Role.OFFICER: N_("Approves what the police say on air, files road reports and reads complaints."),
    Role.TICKET_OFFICER: N_("Works on complaints, confidential ones too, until they are answered and closed."),
    Role.ARCHIVIST: N_("Seals broadcasts, takes private matter out of them and publishes them."),
}
"""What each role is there for, said beside its check box."""


class Person(Base):
    """Someone who may sign in at the desk."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(36), unique=True)
    username: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    role_names: Mapped[list[str]]
    language: Mapped[str | None] = mapped_column(String(2))
    letter_keys: Mapped[bool] = mapped_column(default=True)
    """Whether single letters and signs work as keys on the desk's pages; F2 and its like always do."""
    totp_secret: Mapped[str | None] = mapped_column(Private)
    totp_pending: Mapped[str | None] = mapped_column(Private)
    """A key that was shown and is not confirmed yet; it never comes from the browser."""
    totp_step: Mapped[int | None]
    """The thirty seconds of the last code that was taken, so that none works twice."""
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(Role(name) for name in self.role_names)

    def may(self, *roles: Role) -> bool:
        """Whether the person has one of the roles; administrators may do everything."""
        return Role.ADMINISTRATOR in self.roles or not self.roles.isdisjoint(roles)


class RecoveryCode(Base):
    """Opens the desk once for someone whose phone is lost; only its keyed hash is kept."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    used_at: Mapped[datetime | None]


class SignIn(Base):
    """A session at the desk: the cookie holds a token, this row its hash, so that it can be revoked here."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(String(45))
    browser: Mapped[str] = mapped_column(String(200))

    person: Mapped[Person] = relationship(lazy="joined")


class FailedSignIn(Base):
    """A wrong password, kept for fifteen minutes to slow down guessing."""

    __tablename__ = "failed_sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    username_hash: Mapped[str] = mapped_column(String(64), index=True)
    address: Mapped[str] = mapped_column(String(45), index=True)


class Draft(Base):
    """What a person typed into a form and has not sent; ``rooms.accounts.drafts`` keeps it."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("person_id", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    place: Mapped[str] = mapped_column(String(300))
    """The address that the form is sent to."""
    fields: Mapped[str] = mapped_column(Private)
    """A JSON list that the page's script wrote and reads."""
    kept_at: Mapped[datetime] = mapped_column(index=True)


class Invitation(Base):
    """A one-time link with which a person sets up an account or, where one is there, chooses a new password."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    """Whose password it sets; none where it makes a new account."""
    role_names: Mapped[list[str]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
