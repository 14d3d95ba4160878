#!/usr/bin/env python3
"""Broken bodies through every door of the public site, one after another, as strangers and broken gateways send them.

``scripts/fuzz_doors.py [--minutes N] [--seed N]`` takes whole bodies of every kind (WhatsApp, SMS gateways, partners,
Pos Jago, the listeners' form with sounds of every format), damages them, and posts them to a station of its own. No
answer may be 5xx, no lock may stay held, and what was answered must be taken in by the attendant's round. Whatever is
wrong is printed with the number that makes the same body again, and ends with exit 1.
"""

import argparse
import hashlib
import hmac
import io
import json
import logging
import random
import sqlite3
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from pydantic import SecretStr

from radiodesk.core.settings import Settings
from radiodesk.http.request import Station
from radiodesk.operations.wiring import open_station
from radiodesk.rooms.messages.arrivals.arrival_intake import Taker
from radiodesk.web.public_site import create_public
from tests.rooms.messages import channels as bodies
from tests.sound.mutations import KINDS, damaged, whole

SECRET = "rahasia"  # noqa: S105 - of a station that lives for this run alone
ODD = [
    "",
    "\x00",
    "\ud83d",
    "\uffff",
    "9" * 400,
    "-1",
    "null",
    "😀" * 300,
    "\u202a+62812\u202c",
    "1e999",
    "'; DROP TABLE",
]
VALUES: list[Any] = [None, True, -1, 10**30, 1e308, [], {}, [[]], {"a": {}}, "\ud83d", "\x00", "x" * 20_000]

WHOLE: dict[str, Any] = {
    "whatsapp": bodies.whatsapp(bodies.text("Macet di Kapas")),
    "sms": {"from": "+6281200000001", "text": "Lampu padam", "id": "1"},
    "mitra": {"id": "7", "text": "Ada maling", "phone": "081200000001", "latitude": -7.1, "longitude": 111.8},
    "pos-jago": {"id": "8", "text": "Pohon tumbang", "place": "Dander", "officer": "Petugas Uji"},
}


def broken(body: Any, dice: random.Random) -> Any:
    """The same body with some of its values replaced, left out or doubled, at any depth."""
    if dice.random() < 0.06:
        return dice.choice([*VALUES, *ODD])
    if isinstance(body, dict):
        kept = {key: broken(value, dice) for key, value in body.items() if dice.random() > 0.05}
        return kept | ({dice.choice(ODD): dice.choice(VALUES)} if dice.random() < 0.1 else {})
    if isinstance(body, list):
        return [broken(value, dice) for value in body for _ in range(dice.choice((1, 1, 1, 1, 0, 2)))]
    if isinstance(body, str) and dice.random() < 0.2:
        return body + dice.choice(ODD)
    return body


def raw(body: Any, dice: random.Random) -> bytes:
    """As it goes over the line; now and then its very bytes are damaged."""
    sent = bytearray(json.dumps(body).encode())
    if dice.random() < 0.2 and sent:
        for _ in range(dice.randrange(1, 6)):
            sent[dice.randrange(len(sent))] = dice.randrange(256)
        del sent[dice.randrange(len(sent)) :: dice.choice((1, 7, 1000))]
    return bytes(sent)


class Doors:
    """The doors of a public site; each posts one damaged body and gives the status."""

    def __init__(self, client: FlaskClient) -> None:
        self._client = client
        self._sounds = {kind: whole(kind) for kind in KINDS}

    def all(self) -> dict[str, Callable[[random.Random, int], int]]:
        """Every door by name."""
        webhooks = {name: self._webhook(name) for name in WHOLE}
        return webhooks | {"sms form": self._sms_form, "kirim": self._form, "pos-jago form": self._officers_form}

    def _webhook(self, name: str) -> Callable[[random.Random, int], int]:
        def post(dice: random.Random, _number: int) -> int:
            body = raw(broken(WHOLE[name], dice), dice)
            signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
            headers = {"Authorization": f"Bearer {SECRET}", "X-Hub-Signature-256": f"sha256={signature}"}
            kind = dice.choice(["application/json", "text/plain", "application/x-www-form-urlencoded", ""])
            return self._client.post(f"/masuk/{name}", data=body, headers=headers, content_type=kind).status_code

        return post

    def _sms_form(self, dice: random.Random, _number: int) -> int:
        fields = {"from": "+6281200000001", "text": "Lampu padam", "token": SECRET, dice.choice(ODD[:3]): "x"}
        sent = {key: value + dice.choice(ODD) if dice.random() < 0.3 else value for key, value in fields.items()}
        body = "&".join(f"{key}={value}" for key, value in sent.items()).encode("utf-8", "surrogatepass")
        kind = "application/x-www-form-urlencoded"
        headers = {"Authorization": f"Bearer {SECRET}"}
        return self._client.post("/masuk/sms", data=body, headers=headers, content_type=kind).status_code

    def _form(self, dice: random.Random, number: int) -> int:
        fields: dict[str, Any] = {"pesan": "Lampu padam", "telepon": "0812 0000 0001", "nama": "Uji", "tempat": "Kapas"}
        fields = {key: dice.choice(ODD) if dice.random() < 0.2 else value for key, value in fields.items()}
        fields = {key: value.encode("utf-8", "surrogatepass") for key, value in fields.items()} | {"setuju": "yes"}
        if dice.random() < 0.8:
            kind = KINDS[number % len(KINDS)]
            name = dice.choice(["suara.mp3", "suara", "../../etc/passwd", "\u202e.ogg", "x" * 300 + ".wav"])
            fields["suara"] = (io.BytesIO(damaged(self._sounds[kind], number)), name)
        return self._client.post("/kirim", data=fields, content_type="multipart/form-data").status_code

    def _officers_form(self, dice: random.Random, _number: int) -> int:
        fields = {"text": "Pohon tumbang", "place": "Dander", "latitude": "-7.1", "longitude": "111.8"}
        sent = {key: dice.choice(ODD) if dice.random() < 0.2 else value for key, value in fields.items()}
        data = {key: value.encode("utf-8", "surrogatepass") for key, value in sent.items()} | {"kode": SECRET}
        return self._client.post("/pos-jago", data=data).status_code


def is_free(settings: Settings) -> bool:
    """Whether the write lock can be had at once."""
    with sqlite3.connect(settings.data / "radiodesk.sqlite", isolation_level=None, timeout=0) as other:
        try:
            other.execute("BEGIN IMMEDIATE")
            other.execute("ROLLBACK")
        except sqlite3.OperationalError:
            return False
    return True


def station_in(folder: Path) -> Station:
    """A station in a folder of its own, with every door open."""
    secret = SecretStr(SECRET)
    given = Settings(
        data=folder,
        intake_per_hour=10_000_000,
        whatsapp_verify_token=secret,
        whatsapp_app_secret=secret,
        sms_token=secret,
        partner_tokens={"Uji": secret},
        pos_jago_token=secret,
    )
    return open_station(given)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    logging.disable()
    counted: dict[str, Counter[int]] = {}
    wrong = 0
    with tempfile.TemporaryDirectory() as name:
        station = station_in(Path(name))
        app = create_public(station)
        doors = Doors(app.test_client()).all()
        end, number = time.monotonic() + given.minutes * 60, given.seed
        while time.monotonic() < end:
            door = list(doors)[number % len(doors)]
            status = doors[door](random.Random(number), number)  # noqa: S311 - the same body for the same number
            counted.setdefault(door, Counter())[status] += 1
            if status >= 500 or not is_free(station.settings):
                wrong += 1
                print(
                    f"{door}, number {number}: {status}{'' if is_free(station.settings) else ', and the lock is held'}"
                )
            number += 1
        taker = Taker(station.settings, station.database)
        waited = len(taker.store.all_waiting())
        taker.turn()
        left = len(taker.store.all_waiting())
        wrong += left
        for door, statuses in counted.items():
            told = ", ".join(f"{count} × {status}" for status, count in sorted(statuses.items()))
            print(f"{door:14} {statuses.total():6}: {told}")
        print(f"{waited} waited for a second reader, {len(taker.store.all_odd())} were odd, {left} left, {wrong} wrong")
        station.notifier.close()
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
