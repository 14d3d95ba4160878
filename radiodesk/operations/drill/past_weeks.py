"""The three weeks before the sample show: a situation report a day, and complaints that went their way.

They make the comparisons and the figures of a new station show something. The numbers come from the day alone, so that
two stations filled on one day are alike.
"""

import random
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from radiodesk.language.triage import triage
from radiodesk.operations.drill.dated_words import dated
from radiodesk.operations.drill.stage import OFFICER, SCREENER, Played
from radiodesk.rooms.tickets import services as tickets
from radiodesk.rooms.tickets.station_rules import Rules, load_rules
from radiodesk.rooms.traffic import services as traffic

DAYS = 21
_COUNT = re.compile(r"(?<=: )\d+$", re.MULTILINE)


@dataclass(frozen=True)
class Past:
    """A complaint of the past weeks: what was told, its public line, its place, and the answer if there is one."""

    told: str
    summary: str
    place: str
    answer: str = ""


COMPLAINTS = (
    Past(
        told="Traffic light di simpang empat Jetak mati sejak kemarin, pagi hari kendaraan semrawut.",
        summary="Lampu pengatur lalu lintas di simpang Jetak mati.",
        place="Jetak",
        answer="Lampu sudah diperbaiki Dinas Perhubungan. Petugas mengatur lalu lintas pada jam masuk sekolah.",
    ),
    Past(
        told="Setiap malam Minggu ada balap liar di jalan raya Dander, suaranya mengganggu sampai tengah malam.",
        summary="Balap liar pada malam Minggu di jalan raya Dander.",
        place="Dander",
        answer="Patroli malam Minggu ditambah, dua belas sepeda motor tanpa kelengkapan sudah ditindak.",
    ),
    Past(
        told="Jalan di depan pasar Sumberrejo berlubang, kemarin dua sepeda motor jatuh.",
        summary="Jalan berlubang di depan pasar Sumberrejo.",
        place="Sumberrejo",
        answer="Lubang sudah ditutup sementara dan diberi rambu. Perbaikan tetap dijadwalkan Dinas Pekerjaan Umum.",
    ),
    Past(
        told="Truk pasir parkir di bahu jalan Kalitidu pada malam hari tanpa lampu.",
        summary="Truk parkir di bahu jalan Kalitidu tanpa lampu.",
        place="Kalitidu",
        answer="Sopir sudah ditegur dan truk dipindahkan. Petugas memeriksa lokasi setiap malam.",
    ),
    Past(
        told="Antrean SIM di kantor Satpas lama sekali, dari pagi sampai siang belum dipanggil.",
        summary="Antrean pelayanan SIM lama.",
        place="Bojonegoro",
        answer="Loket ditambah satu pada hari Senin dan Jumat. Nomor antrean kini dapat diambil dari rumah.",
    ),
    Past(
        told="Lampu penerangan jalan di Baureno padam satu minggu, rawan kejahatan.",
        summary="Lampu penerangan jalan padam di Baureno.",
        place="Baureno",
    ),
    Past(
        told="Knalpot brong lewat di depan sekolah Padangan setiap sore, anak-anak terganggu belajar.",
        summary="Knalpot bising di depan sekolah pada sore hari.",
        place="Padangan",
        answer="Petugas merazia knalpot bising tiga sore berturut-turut dan berbicara dengan pihak sekolah.",
    ),
    Past(
        told="Ada pungutan parkir dua kali di depan terminal, tidak ada karcis.",
        summary="Pungutan parkir tanpa karcis di depan terminal.",
        place="Bojonegoro",
    ),
)


def file_past_weeks(played: Played, session: Session) -> None:
    """A situation report for each of the three weeks' days, and one complaint on most of them."""
    rules = load_rules(played.settings)
    for days in range(DAYS, 1, -1):
        at = played.show.start - timedelta(days=days)
        chance = random.Random(at.toordinal())  # noqa: S311 - figures of a sample, no secret
        _file_report(played, session, at, chance)
        if chance.random() < 0.6:
            _file_complaint(played, session, rules, COMPLAINTS[days % len(COMPLAINTS)], at, chance)


def _file_report(played: Played, session: Session, at: datetime, chance: random.Random) -> None:
    if played.show.lapsit is None:
        return
    varied = _COUNT.sub(lambda found: str(max(0, round(int(found[0]) * chance.uniform(0.5, 1.6)))), played.show.lapsit)
    text = dated(varied, at, played.settings.zone)
    traffic.file_lapsit(session, text, by=OFFICER, at=at, zone=played.settings.timezone)


def _file_complaint(
    played: Played, session: Session, rules: Rules, past: Past, at: datetime, chance: random.Random
) -> None:
    suggestion = triage(past.told, units=rules.unit_by_id)
    opened = tickets.open_ticket(
        session,
        rules,
        text=past.told,
        suggestion=suggestion,
        summary=past.summary,
        place=past.place,
        by=SCREENER,
        at=at,
    )
    ticket = opened.ticket
    tickets.accept(session, rules, ticket, by=OFFICER, at=at + timedelta(minutes=20))
    if ticket.unit_id is None:
        return
    tickets.forward(session, rules, ticket, ticket.unit_id, by=OFFICER, at=at + timedelta(minutes=25))
    tickets.take_up(session, rules, ticket, by=OFFICER, at=at + timedelta(hours=chance.uniform(1, 20)))
    answered = at + timedelta(hours=chance.uniform(24, 90))
    if past.answer and answered < played.show.start:
        tickets.answer(session, rules, ticket, past.answer, by=OFFICER, at=answered)
        if chance.random() < 0.7:
            tickets.close(session, rules, ticket, by=OFFICER, at=answered + timedelta(hours=3))
