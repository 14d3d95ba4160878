"""Words that went wrong elsewhere (``shared/data/faults``): private numbers in odd writing, signs that no XML knows."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from docx import Document
from flask.testing import FlaskClient

from radiodesk.core.clock import ManualClock
from radiodesk.core.database import Database
from radiodesk.core.settings import Settings
from radiodesk.core.text import clean
from radiodesk.core.xml_text import document
from radiodesk.language.redaction import find_private, redact
from radiodesk.language.redaction.identities import known_of
from radiodesk.language.spoken import to_spoken
from radiodesk.recognition.ports import Segment, Transcription, Word
from radiodesk.rooms.accounts.models import Role
from radiodesk.rooms.archive.dublin_core import dublin_core, pbcore
from radiodesk.rooms.archive.gathered_show import Gathered
from radiodesk.rooms.transcripts import services
from radiodesk.rooms.transcripts.exports import FORMATS
from radiodesk.rooms.transcripts.models import Transcript
from tests.factories import calls as make


def test_every_number_of_the_given_lines_is_hidden_whole(shared: Path) -> None:
    lines = (shared / "faults" / "35-redact-written" / "lines.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        redacted, spans = redact(line)
        assert [span.kind for span in spans] == ["phone"], line
        assert not any(sign.isdigit() for sign in redacted), line
        assert all(line[span.start].isalnum() or line[span.start] == "+" for span in spans), line


HIDDEN = {
    "phone": [
        "0857‒3333‒4444",
        "0857−3333−4444",
        "0857—3333—4444",
        "0857\u00ad3333\u00ad4444",
        "0857\u20603333\ufeff4444",
        "\u2066+62 857 3333 4444\u2069",
        "0857·3333·4444",
        "0857_3333_4444",
        "0857*3333*4444",
        "0857 | 3333 | 4444",
        "0857\\3333\\4444",
        "0857;3333;4444",
        "(0857) 3333/4444",
        "0857, 3333 4444",
        "O857 3333 444O",
        "0️⃣8️⃣5️⃣7️⃣3️⃣3️⃣3️⃣3️⃣4️⃣4️⃣4️⃣4️⃣",
        "٠٨٥٧٣٣٣٣٤٤٤٤",
        "０８５７－３３３３－４４４４",
        "0.8.5.7.3.3.3.3.4.4.4",
        "+62(0)857-3333-4444",
        "+65 8123‑4567",
        "+852/5123/4567",
        "+1 (202) 555-0123",
        "+44 20 7946 0958",
        "0065 8123 4567",
        "plus enam lima delapan satu dua tiga empat lima enam tujuh",
        "nol delapan satu, eh, dua tiga empat lima enam tujuh delapan",
        "nol delapan lima tujuh, eh maaf salah, nol delapan lima delapan tiga tiga tiga tiga empat empat",
        "kosong lapan lima tujuh tiga tiga, maksud saya tiga, tiga tiga empat empat",
        "nol delapan lima, ralat, nol delapan enam tiga tiga tiga tiga empat empat",
    ],
    "nik": [
        "nik 3522‑0145‑0691‑0003",
        "NIK 3522/0145/0691/0003",
        "ktp 3522,0145,0691,0003",
        "NIK ３５２２０１４５０６９１０００３",
    ],
    "plate": ["S‑1234‑AB", "S–1234–AB", "S/1234/AB", "S\u200b1234\u200bAB", "Ｓ １２３４ ＡＢ"],
    "bank_account": ["rekening BRI 1234/5678/9012/345", "rek bca 1234‑5678‑90", "transfer ke bca 1234, 5678, 90"],
    "email": [
        "budi at contoh dot co dot id",
        "budi et contoh titik com",
        "budi titik wati at contoh titik co titik id",
        "budi garis bawah satu at contoh dot net",
        "budi underscore wati strip dua at contoh titik com",
        "budi strip wati ad contoh titik id",
        "budi santoso dua tiga at contoh titik com",
        "budi keong contoh titik web titik id",
        "budi (at) contoh (dot) com",
        "budi [at] contoh [dot] co [dot] id",
        "budi at perusahaan contoh titik com",
        "budi＠contoh．com",
    ],
}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in HIDDEN.items() for text in texts])
def test_what_is_private_is_hidden_in_whatever_way_it_is_written(kind: str, text: str) -> None:
    for line, before in ((text, 0), (f"Tolong catat, {text} ya pak", 14)):
        spans = find_private(line)
        assert [span.kind for span in spans] == [kind], line
        [span] = spans
        cue = 0
        for word in ("nik", "NIK", "ktp", "rekening BRI", "rek bca", "transfer ke bca"):
            cue = len(word) + 1 if text.startswith(f"{word} ") else cue
        invisible = text[cue:].lstrip("\u2066(")
        start = before + len(text) - len(invisible)
        assert span.start in {start, start - 1}
        assert span.end >= before + len(text.rstrip("\u2069"))


@pytest.mark.parametrize(
    "text",
    ["0857‑3333‑4444", "0857/3333/4444", "62 857, 3333, 4444", "０８５７３３３３４４４４", "+62\u200b85733334444"],
)
def test_the_number_of_the_caller_is_known_in_any_writing(text: str) -> None:
    [known] = known_of(f"Saya Rina, {text}, terima kasih", None, "+6285733334444")
    assert known.kind == "phone"
    assert known.end == 11 + len(text)


HARMLESS = [
    "hubungi 110, 112, 119 bila darurat",
    "jam 08.00-09.30, 10.00-11.15 dan 08:15:30, 09:20:10",
    "08/11/2026 08.30, lalu 09/11/2026 09.45",
    "tanggal 08‑11‑2026 sampai 09‑11‑2026",
    "harga 12.500.000, 13.500.000, 14.250.000",
    "Rp 12.500, Rp 13.750, Rp 15.500",
    "tahun 2024/2025/2026/2027",
    "UU Nomor 22 Tahun 2009 Pasal 106, 283, 310",
    "KM 12, KM 13+400, KM 714/715",
    "1.250 kendaraan, 2.300 motor, 450 truk, 120 bus",
    "curah hujan 0,8 1,2 3,4 5,6 7,8 milimeter",
    "kloter 08, 09, 10, 11, 12 berangkat",
    "skor 2-1, 3-0, 1-1, 2-2, 0-0, 1-0",
    "korban satu orang, eh maaf, dua orang luka ringan",
    "satu dua tiga, bukan empat, titik rawan",
    "kumpul di titik kumpul, dari titik satu sampai titik dua",
    "suhu 24–26 derajat, angin 10–15 kilometer per jam",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_times_prices_dates_and_counts_stay(text: str) -> None:
    assert find_private(text) == []


def test_mail_of_a_public_office_stays_however_it_is_said() -> None:
    assert find_private("kirim ke humas at polres contoh titik go titik id") == []


DIALLED = {
    "Hubungi 110.": "Hubungi satu satu nol.",
    "Telepon 112, 119, atau 118.": "Telepon satu satu dua, satu satu sembilan, atau satu satu delapan.",
    "Telepon 110/112": "Telepon satu satu nol atau satu satu dua",
    "Ambulans 119 dan 118": "Ambulans satu satu sembilan dan satu satu delapan",
    "Pemadam kebakaran 113": "Pemadam kebakaran satu satu tiga",
    "Basarnas 115, Damkar 113": "Basarnas satu satu lima, Damkar satu satu tiga",
    "110 adalah nomor darurat": "satu satu nol adalah nomor darurat",
    "Aplikasi Polri 110 aktif": "Aplikasi Polri satu satu nol aktif",
    "Panggil 112!": "Panggil satu satu dua!",
    "Lapor 110 bila melihatnya": "Lapor satu satu nol bila melihatnya",
    "Sampaikan melalui 110": "Sampaikan melalui satu satu nol",
    "SAPA 129": "Sapa satu dua sembilan",
    "Call center Pertamina 135": "Call center Pertamina satu tiga lima",
    "Hotline 14045": "Hotline satu empat nol empat lima",
    "Halo Bank 1500-123": "Halo Bank satu lima nol nol satu dua tiga",
    "1500123 siap membantu": "satu lima nol nol satu dua tiga siap membantu",
}
COUNTED = [
    "110 kendaraan melintas",
    "polisi mengerahkan 112 personel",
    "polisi menilang 110 pelanggar",
    "hubungi 110 orang",
    "110 km/jam",
    "Rp 110",
    "Pasal 112",
    "Pasal 110 dan 112",
    "Peraturan Nomor 112 Tahun 2020",
    "nomor 118 tahun 2009",
    "Rumah nomor 112",
    "KM 110",
    "110 persen",
    "119 kasus",
    "Ambulans mengangkut 118 pasien",
    "melalui 113 titik",
    "Polres 110 anggota",
]


@pytest.mark.parametrize("written", sorted(DIALLED))
def test_emergency_and_short_numbers_are_said_digit_by_digit(written: str) -> None:
    assert to_spoken(written) == DIALLED[written]
    assert to_spoken(to_spoken(written)) == DIALLED[written]


@pytest.mark.parametrize("written", COUNTED)
def test_counts_articles_and_prices_of_the_same_size_stay_counts(written: str) -> None:
    assert "seratus" in to_spoken(written)
    assert "satu satu" not in to_spoken(written)


ODD = "\uffff\ufffe\ufdd0\x0b\x01\x9f\ud83d\ude00\ud83d"
"""Nothing of it is text but the two halves of one face."""


@pytest.fixture
def heard(database: Database, settings: Settings, clock: ManualClock) -> Transcript:
    spoken = ["Selamat", "pagi", "pak", "polisi"]
    words = tuple(Word(at * 0.5, at * 0.5 + 0.4, word, 0.9) for at, word in enumerate(spoken))
    with database.writing() as tx:
        recording = make.recording(tx, settings, clock.now(), make.wav(4.0))
        transcript = services.request_transcript(tx, recording, by="wati", at=clock.now())
        segment = Segment(0.0, 1.9, " ".join(spoken), words)
        services.keep_heard(
            tx, transcript, Transcription("whisper", "base", "id", 4.0, 0.5, (segment,)), at=clock.now()
        )
    return transcript


def exported(client: FlaskClient, public_id: str) -> dict[str, str]:
    """The words of every file that a transcript is taken along as."""
    found = {}
    for kind in FORMATS:
        answer = client.get(f"/transkrip/{public_id}/unduh.{kind}")
        assert answer.status_code == 200, kind
        found[kind] = answer.data.decode() if kind != "docx" else ""
        if kind == "docx":
            found[kind] = "\n".join(part.text for part in Document(io.BytesIO(answer.data)).paragraphs)
    json.loads(found["json"])
    return found


@pytest.mark.parametrize("name", ["uffff.json", "surrogate.json"])
def test_signs_that_are_no_text_are_left_out_of_an_edit(
    shared: Path, heard: Transcript, sign_in: Callable[..., FlaskClient], name: str
) -> None:
    client = sign_in(Role.SCREENER)
    body = (shared / "faults" / "25-docx-uffff" / name).read_text(encoding="utf-8")
    saved = client.post(f"/transkrip/{heard.public_id}", data=body, content_type="application/json")
    assert saved.status_code == 200
    for kind, written in exported(client, saved.get_json()["public_id"]).items():
        assert "Selamat pagi" in " ".join(written.split()), kind
        assert clean(written) == written, kind


def test_a_speaker_and_words_of_nothing_but_odd_signs_break_nothing(
    heard: Transcript, sign_in: Callable[..., FlaskClient]
) -> None:
    client = sign_in(Role.SCREENER)
    segments = [
        {"text": f"Selamat{ODD} pagi", "speaker": f"Pene{ODD}lepon"},
        {"text": "\ud83d \uffff", "speaker": "\uffff"},
    ]
    body = {"words": heard.words, "segments": segments}
    saved = client.post(f"/transkrip/{heard.public_id}", json=body)
    assert saved.status_code == 200
    found = exported(client, saved.get_json()["public_id"])
    assert "Pene😀lepon: Selamat😀 pagi" in found["txt"]
    assert client.get(f"/transkrip/{saved.get_json()['public_id']}").status_code == 200


def test_odd_signs_that_are_in_the_database_already_do_not_reach_a_file(
    heard: Transcript, sign_in: Callable[..., FlaskClient], database: Database
) -> None:
    with database.writing() as tx:
        row = tx.get_one(Transcript, heard.id)
        row.text = "Selamat\uffff\x0b pagi"
        row.segments = [{"start": 0.0, "end": 1.0, "text": f"Selamat {ODD}pagi", "speaker": f"A{ODD}"}]
        row.words = [{"start": 0.0, "end": 1.0, "word": f"Selamat{ODD}", "confidence": 1.0}]
    for kind, written in exported(sign_in(Role.SCREENER), heard.public_id).items():
        assert clean(written) == written, kind


def test_xml_is_read_by_a_parser_whatever_stands_in_it() -> None:
    root = ElementTree.Element("a", name=ODD)
    ElementTree.SubElement(root, "b").text = f"pagi{ODD}"
    root[0].tail = f"siang{ODD}"
    read = ElementTree.fromstring(document(root, {}))  # noqa: S314 - our own text
    assert (read.get("name"), read[0].text, read[0].tail) == ("😀", "pagi😀", "siang😀")


def test_the_descriptions_of_a_package_are_read_by_a_parser() -> None:
    facts = {"title": f"Edisi{ODD}", "hosts": [f"Penyiar{ODD}"], "programme": f"Halo{ODD}", "description": ODD}
    facts |= {"broadcast": "b-1", "on_air_at": "2026-11-24", "planned_start": "2026-11-24"}
    gathered = Gathered(facts, [], [], [], [], [], [], [], [])
    for describe in (dublin_core, pbcore):
        tree = ElementTree.fromstring(describe(gathered, "p-1", f"Polres{ODD}", "Radio"))  # noqa: S314 - our own text
        assert "Edisi😀" in "".join(tree.itertext())


def test_only_what_is_no_text_is_left_out() -> None:
    every = "".join(chr(code) for code in range(0x20, 0xD800)) + "\t\n\r😀\U0010fffd"
    kept = clean(every)
    assert [sign for sign in every if sign not in kept] == [
        chr(0x7F),
        *map(chr, [*range(0x80, 0x85), *range(0x86, 0xA0)]),
    ]
    assert clean("\ud83d pagi \ude00") == " pagi "
    assert clean("\ud83d\ude00") == "😀"
