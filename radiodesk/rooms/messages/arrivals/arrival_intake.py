"""Takes arrivals into the queue: at once by whoever received them, else by the attendant; twice changes nothing."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from radiodesk.core import i18n
from radiodesk.core.database import Database
from radiodesk.core.database_kinds import PATIENT
from radiodesk.core.errors import Refusal, Unreadable
from radiodesk.core.settings import Settings
from radiodesk.core.stores.ports import StoreUnavailable
from radiodesk.core.unavailable import unavailable
from radiodesk.language.phones import PhoneUnreadable
from radiodesk.rooms.calls.models import Call, Channel
from radiodesk.rooms.messages.arrivals import arrival_reader
from radiodesk.rooms.messages.arrivals.arrival_store import MOST_TRIES, Arrival, Store
from radiodesk.rooms.messages.arrivals.read_apart import read_apart
from radiodesk.rooms.messages.arrivals.web_form import FormFields, take_form
from radiodesk.rooms.messages.intake import TooMany, card_there, count_sender, empty, take_in
from radiodesk.rooms.messages.ports import Delivery
from radiodesk.rooms.recordings import services as audio

log = logging.getLogger(__name__)

TOGETHER = 20
"""Arrivals that one transaction takes in: others wait for it."""
_PASSING = (OSError, MemoryError, StoreUnavailable)
"""Troubles of the machine, not of what came in: it waits until they are over."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an arrival: the calls that are new, the ids of its messages, why none of it was understood, and
    why its sound cannot be heard.
    """

    new: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    problem: str | None = None
    sound_problem: str | None = None


class Taker:
    """Takes in the arrivals of one station."""

    def __init__(
        self, settings: Settings, database: Database, *, read_apart: Callable[[Settings, Path], bool] = read_apart
    ) -> None:
        self._settings = settings
        self._database = database
        self._read_apart = read_apart
        self._told: dict[str, str] = {}
        self.store = Store(settings, database.keys)

    def at_once(self, arrival: Arrival, *, patience: float) -> Taken | None:
        """Take in what has just come; ``None`` where that must wait, for the database or for a mend.

        Of a form that a person is waiting on, refusals are raised: they have their words still, and nothing is kept.
        """
        path = self.store.waiting / arrival.id
        try:
            with self.store.claimed(path) as mine:
                return self._read(arrival, patience=patience, strict=True) if mine else None
        except (TooMany, PhoneUnreadable):
            self.store.throw_away(arrival)
            raise
        except Exception as error:  # the edge: it is safe on disk, and the sender is told so
            if (trouble := unavailable(error)) is not None:
                log.warning("An arrival waits for the database: %s", trouble)
            else:
                log.exception("An arrival (%s, %s) could not be taken in at once.", arrival.source, arrival.id)
            return None

    def require_few(self, address: str, *, at: datetime) -> None:
        """Refuse an address that sent too many forms within the hour, before anything is kept; raises ``TooMany``."""
        try:
            with self._database.reading() as session:
                count_sender(session, Channel.WEB, address, self._settings.intake_per_hour, at=at)
        except SQLAlchemyError as error:
            if unavailable(error) is None:
                raise

    def turn(self) -> int:
        """Take in everything that waits, oldest first; returns how many. One that is odd holds up no other.

        Raises what the database's driver raises while it takes nothing: then all go on waiting.
        """
        waiting = self.store.all_waiting()
        return sum(self._several(waiting[first : first + TOGETHER]) for first in range(0, len(waiting), TOGETHER))

    def again(self, path: Path) -> Taken | None:
        """Read one arrival again, after a mend: what was taken in before stays as it is, what was not comes in now."""
        with self.store.claimed(path) as mine:
            return self._read(self.store.read(path), patience=PATIENT, strict=False) if mine else None

    def forget(self, *, at: datetime) -> int:
        """Remove originals whose days are over; returns how many."""
        return self.store.forget(at=at, settled=self._is_settled)

    def _is_settled(self, arrival: Arrival) -> bool:
        card = arrival_reader.card(arrival)
        with self._database.reading() as session:
            found = card_there(session, card, at=arrival.received_at)
        return found is None or found.raw is None

    def _several(self, paths: Sequence[Path]) -> int:
        """Take in what machines sent in one transaction: after an hour without the database thousands may wait. What
        needs more than that (forms, what cannot be read, what was tried before) is taken in by itself.
        """
        together = self._together(paths) if len(paths) > 1 else set()
        return len(together) + sum(self._one(path) for path in paths if path not in together)

    def _together(self, paths: Sequence[Path]) -> set[Path]:
        with ExitStack() as claims:
            mine = [path for path in paths if self._claim(path, claims)]
            plain: list[tuple[Arrival, Delivery]] = []
            try:
                plain += [read for path in mine if (read := self._plain(path)) is not None]
                if not plain:
                    return set()
                # One that kills its reader kills it again when it is tried by itself.
                for arrival, _ in plain:
                    self.store.count_try(arrival)
                with i18n.speaking(self._settings.language), self._database.writing(PATIENT) as session:
                    for arrival, delivery in plain:
                        self._put_in(session, arrival, delivery)
            except Exception as error:  # the edge: one of them is odd, and is found by taking in each by itself
                for arrival, _ in plain:
                    self.store.take_back(arrival)
                if unavailable(error) is not None:
                    raise
                log.warning("%s arrivals are taken in one by one: %s.", len(mine), type(error).__name__)
                return set()
            done = {self.store.waiting / arrival.id for arrival, _ in plain}
            try:
                self.store.settle(*(arrival for arrival, _ in plain))
            except OSError as error:
                # They are in the database, and are known there when they are tried again.
                for arrival, _ in plain:
                    self._tell_once(self.store.waiting / arrival.id, error)
            return done

    def _claim(self, path: Path, claims: ExitStack) -> bool:
        try:
            return claims.enter_context(self.store.claimed(path))
        except OSError:
            # What is wrong with it is told when it is tried by itself.
            return False

    def _plain(self, path: Path) -> tuple[Arrival, Delivery] | None:
        """What a machine sent, if it can be read and was not tried before."""
        try:
            arrival = self.store.read(path)
            if arrival.source == arrival_reader.WEB or self.store.tries(path):
                return None
            with i18n.speaking(self._settings.language):
                return arrival, arrival_reader.deliver(arrival)
        except (Refusal, OSError):
            # What is wrong with it is told when it is tried by itself.
            return None

    def _one(self, path: Path) -> bool:
        try:
            if self.store.tries(path) >= MOST_TRIES:
                return self._apart(path)
            with self.store.claimed(path) as mine:
                return mine and self.take_claimed(path)
        except Exception as error:  # the edge: one that is odd holds up no other
            if unavailable(error) is not None:
                raise
            self._tell_once(path, error)
            return False

    def _tell_once(self, path: Path, error: Exception) -> None:
        told = f"{type(error).__name__}: {error}"
        if self._told.get(path.name) != told:
            self._told[path.name] = told
            log.error("The arrival %s cannot be taken in now and goes on waiting: %s", path.name, told)

    def take_claimed(self, path: Path) -> bool:
        """Take in one arrival that is held alone already; raises what says that it must wait."""
        arrival = self.store.read(path)
        self.store.count_try(arrival)
        try:
            self._read(arrival, patience=PATIENT, strict=False)
        except Exception as error:
            if unavailable(error) is not None or isinstance(error, _PASSING):
                self.store.take_back(arrival)
                raise
            log.exception("The arrival %s (%s) could not be taken in; a card says so.", arrival.id, arrival.source)
            self._card(arrival)
        return True

    def _apart(self, path: Path) -> bool:
        """Take in what its readers died of, or died beside, in a process of its own: a machine that lost its power
        three times says nothing against a message. Only what kills that process too is set aside.
        """
        if not self._read_apart(self._settings, path):
            return not path.exists()
        with self.store.claimed(path) as mine:
            if mine:
                arrival = self.store.read(path)
                log.error("The arrival %s (%s) kills its readers; it is set aside.", arrival.id, arrival.source)
                self._card(arrival)
            return mine

    def _read(self, arrival: Arrival, *, patience: float, strict: bool) -> Taken:
        with i18n.speaking(self._settings.language):
            if arrival.source == arrival_reader.WEB:
                taken = self._form(arrival, patience=patience, strict=strict)
            else:
                try:
                    delivery = arrival_reader.deliver(arrival)
                except Unreadable as refusal:
                    self._card(arrival, patience=patience)
                    return Taken(problem=i18n.say(refusal))
                with self._database.writing(patience) as session:
                    taken = self._put_in(session, arrival, delivery)
        self.store.settle(arrival)
        return taken

    def _put_in(self, session: Session, arrival: Arrival, delivery: Delivery) -> Taken:
        shown = card_there(session, arrival_reader.card(arrival), at=arrival.received_at)
        if shown is not None:
            delivery = arrival_reader.after_a_card(arrival, delivery)
        new = [
            call.public_id
            for one in delivery.everything
            if (call := take_in(session, one, at=arrival.received_at)) is not None
        ]
        if shown is not None and shown.raw is not None and not delivery.odd:
            empty(session, shown, at=arrival.received_at)
        return Taken(tuple(dict.fromkeys(new)), tuple(one.external_id for one in delivery.everything))

    def _form(self, arrival: Arrival, *, patience: float, strict: bool) -> Taken:
        fields = FormFields.of(arrival)
        with self._sound(arrival) as laid, self._database.writing(patience) as session:
            call = take_form(session, self._settings, fields, arrival, laid, strict=strict)
            new = (call.public_id,) if call is not None else ()
        if call is None and laid is not None:
            # It was taken in before; that one has its own copy.
            audio.pick_up(self._settings, laid)
        return Taken(new, (arrival.id,), sound_problem=laid.look.problem if laid is not None else None)

    @contextmanager
    def _sound(self, arrival: Arrival) -> Iterator[audio.Laid | None]:
        """The sound of an arrival among the recordings, looked at; removed again when it does not become one."""
        stream = self.store.open_sound(arrival)
        if stream is None:
            yield None
            return
        with stream:
            laid = audio.lay_down(self._settings, stream, arrival.sound or "", at=arrival.received_at)
        try:
            yield laid
        except BaseException:
            audio.pick_up(self._settings, laid)
            raise

    def _card(self, arrival: Arrival, *, patience: float = PATIENT) -> Call | None:
        """A card that says that something came which nobody can read; the original is kept."""
        try:
            with i18n.speaking(self._settings.language), self._database.writing(patience) as session:
                card = take_in(session, arrival_reader.card(arrival), at=arrival.received_at)
        except Refusal as refusal:
            if unavailable(refusal) is None:
                log.error("No card could be made of the arrival %s: %s", arrival.id, refusal)
            raise
        self.store.set_aside(arrival)
        return card
