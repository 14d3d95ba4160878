"""Reading the daily form as units paste it: bold marks, bullets, dots, "nihil" and rupiah in every spelling."""

import re
from dataclasses import dataclass, field
from datetime import date

from radiodesk.road.feeds.feed_times import MONTHS, WIB, parse_worded
from radiodesk.road.lapsit.form_heads import FIELDS_OF, HEADS, Field, Head
from radiodesk.road.lapsit.report_values import Entry, Lapsit, MarkedLine, Plan
from radiodesk.road.reading.flow_phrases import choose_flow, find_flows
from radiodesk.road.reading.road_words import dictionaries
from radiodesk.road.reading.tokens import read_post

DECORATION = re.compile(r"[*_~`\u200b-\u200f\u2060\ufe0f]|\[\d{1,2}[/.]\d{1,2}[^\]]*\]\s*[^:]{0,40}:\s(?=\S)")
BULLET = re.compile(
    r"^(?:[\s>•·▪●■◆➢➤➡→✓✔☑✅\u2013\u2014\-–]+|[\U0001f300-\U0001faff]+|\(?(?:\d{1,2}|[a-hA-H]|[ivxIVX]{1,4})[.)]+(?!\d)\s*)+"
)
NIL = r"nihil|nil|nol|kosong|tidak\s+ada|tdk\s*ada|-{1,3}|–|—|0+"
COUNTED = (
    r"orang|org|kasus|kejadian|kej|kali|x|lembar|lbr|giat|kegiatan|titik|unit|konten|berita|postingan|post|personel|pers|"
    r"lokasi|pelanggar|perkara|set|buah|korban"
)
WORDS = {
    "satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6, "tujuh": 7, "delapan": 8, "sembilan": 9,
    "sepuluh": 10, "sebelas": 11,
}  # fmt: skip
SUBHEAD = re.compile(
    r"^(?:dengan\s+)?(?:jenis|rincian|perincian|terdiri|barang\s+bukti|bb|korban|pelanggaran)\b[^\d:]*:?\s*$",
    re.IGNORECASE,
)
AROUND = re.compile(
    r"^(?:demikian|dump\b|dum\b|terima\s*kasih|tembusan|mohon|hormat|dokumentasi|an\.|kasat\b|kapolres\b)",
    re.IGNORECASE,
)
NUMBER = (
    rf"(?:rp\.?\s*[\d.,]+(?:\s*(?:juta|jt|ribu|rb))?(?:\s*,?-+)?|\d[\d.]*(?:,\d+)?(?:\s*(?:juta|jt|ribu|rb)\b)?"
    rf"|\b(?:{'|'.join(WORDS)})\b|{NIL})"
)
VALUE = re.compile(rf"^\s*[:=.\s]*\s*(?P<value>{NUMBER})(?P<rest>.*)$", re.IGNORECASE)
TAIL = re.compile(
    rf"^\s*(?:\(?\s*(?:{COUNTED}|[a-z]+(?:\s[a-z]+)?)\s*\)?)?(?:\s*\([^()]*\))?[\s.,;:)(-]*$", re.IGNORECASE
)
PAIR = re.compile(
    rf"(?P<label>[A-Za-z][A-Za-z/&\s.-]*?)\s*[:=(]*\s*(?P<value>{NUMBER})(?=[\s,;./|)(-]|$)"
    rf"\s*(?:(?:{COUNTED})\b)?[\s.,;/|)-]*",
    re.IGNORECASE,
)
COUNT_FIRST = re.compile(r"^(?P<value>\d[\d.]*|nihil)\s+(?P<label>[A-Za-z].*)$", re.IGNORECASE)
UNIT = re.compile(
    r"\b(?:Polres(?:ta(?:bes)?|tro)?|Polsek|Satlantas\s+Polres\w*|Unit|Sat)\s+[A-Z][\w.]*(?:\s+[A-Z][\w.]*)?"
)
PLAN_SIGN = re.compile(r"(\s*[:;]|\s[-–]\s)")
DATE_LINE = re.compile(r"(?P<day>\d{1,2})[\s/.-]+(?P<month>\d{1,2}|[A-Za-z]{3,9})[\s/.-]+(?P<year>\d{4})")
SHORT_DATE = re.compile(
    r"(?<![\d./-])(?P<day>\d{1,2})(?P<sign>[/.-])(?P<month>\d{1,2})(?P=sign)(?P<year>\d{2})(?![\d./:-])"
)
"""A date with the year in two figures: "10-03-26"."""


OTHERS = frozenset({"plan", "notable", "traffic"})
"""Heads below which nothing is counted."""

BARE = re.compile(rf"^\s*[:=]\s*(?P<value>{NUMBER})\s*(?:{COUNTED})?[\s.,;-]*$", re.IGNORECASE)
NUMBERED = re.compile(r"^\s*(?:\d{1,2}|[IVX]{1,4}|[A-H])[.)]+\s*\S")
HOURS = re.compile(
    r"(?<![\d./:-])\b(?:1\s*x\s*)?(?P<hours>\d{1,2})\s*jam\b(?!\s*(?:lalu|yang|\.?\s*\d))", re.IGNORECASE
)
PERIOD = re.compile(
    r"(?:pukul|pkl|jam)\.?\s*(?P<from>\d{1,2}[.:]\d{2})\s*(?:wib)?\s*(?:s\s*[./]?\s*d\.?|sampai(?:\s+dengan)?|hingga|-|–)"
    r"\s*(?:pukul|pkl|jam)?\.?\s*(?P<to>\d{1,2}[.:]\d{2})",
    re.IGNORECASE,
)


ACTIVITY = re.compile(
    r"\b(?:giat|kegiatan|gatur|pengaturan|patroli|apel|razia|penjagaan|pengawalan|strong\s*point|ops|operasi)\b", re.I
)
REPORT = re.compile(r"\b(?:lap\w*|situasi|sitkam\w*|periode|data|rekap\w*)\b", re.I)


def _hours(heading: str) -> int | None:
    """How many hours the report covers, where its heading says so ("1 x 24 jam", "12 jam terakhir")."""
    match = HOURS.search(heading)
    return int(match["hours"]) if match and 0 < int(match["hours"]) <= 72 else None


def _period(heading: str) -> tuple[str, str] | None:
    """From when to when it holds, where its heading says so."""
    match = PERIOD.search(heading)
    return (match["from"].replace(":", "."), match["to"].replace(":", ".")) if match else None


def _of_the_report(line: str) -> bool:
    """Whether a line of the heading can say what the report covers: an activity has hours of its own."""
    return bool(REPORT.search(line)) or not ACTIVITY.search(line)


HEADING = 12
"""Lines within which a report says what time it covers."""


def parse_lapsit(text: str) -> Lapsit:
    """Read a pasted report. Never raises: what is not understood is kept, with its line number."""
    reader = _Reader()
    for number, raw in enumerate(text.splitlines(), start=1):
        reader.take(number, raw)
    return reader.lapsit(text)


@dataclass
class _Reader:
    head: Head | None = None
    section: str = "heading"
    entries: list[Entry] = field(default_factory=list)
    notable: list[MarkedLine] = field(default_factory=list)
    nothing_notable: bool = False
    plans: list[Plan] = field(default_factory=list)
    around: list[MarkedLine] = field(default_factory=list)
    not_understood: list[MarkedLine] = field(default_factory=list)
    traffic: list[Plan] = field(default_factory=list)
    above: Head | None = None
    """The head under which the strength was given as one number, which ends nothing that stands below it."""
    first: int = 0
    """The line of the first head."""

    def take(self, number: int, raw: str) -> None:
        line = BULLET.sub("", DECORATION.sub("", raw).replace("|", ":").strip()).strip()
        if not line or not re.search(r"\w", line):
            return
        head, rest = _head(line, self.section)
        if head:
            self.first = self.first or number
            self._begin(head, rest, number, raw)
        elif self._is_unknown_head(line, raw):
            self.section, self.head = "unknown", None
            self.not_understood.append(MarkedLine(number, raw.strip()))
        elif self.section == "heading" or AROUND.match(line):
            self.around.append(MarkedLine(number, raw.strip()))
        elif self.section == "plan":
            self._plan(number, line)
        elif self.section == "notable":
            self._notable(number, line)
        elif self.section == "traffic":
            self._traffic(number, line, raw)
        else:
            self._counts(number, line, raw)

    def _begin(self, head: str, rest: str, number: int, raw: str) -> None:
        self.above = self.head if head == "personel" and BARE.fullmatch(rest) else None
        self.section = head if head in OTHERS else "counts"
        self.head = None if head in OTHERS else head  # type: ignore[assignment]
        if not re.search(r"\w|-", rest):
            return
        if head == "notable":
            self._notable(number, rest)
        elif head == "plan":
            self._plan(number, rest)
        elif head == "traffic":
            self._traffic(number, rest, raw)
        elif self.head and (alone := BARE.fullmatch(rest)) and (amount := read_number(alone["value"])):
            # "PERSONEL : 24": the number of the head itself.
            key = "kejadian" if self.head == "laka" else "jumlah"
            label = next((one.label for one in FIELDS_OF[self.head] if one.key == key), "Jumlah")
            self.entries.append(Entry(self.head, key, label, amount, number))
        elif re.fullmatch(rf"[:=.\s]*(?:{NIL})[\s.,-]*", rest, re.IGNORECASE):
            main = FIELDS_OF[self.head][0] if self.head else None
            if main and self.head == "laka":
                self.entries.extend(Entry(one.head, one.key, one.label, 0, number) for one in FIELDS_OF["laka"])
            elif main:
                self.entries.append(Entry(main.head, "jumlah", "Jumlah", 0, number))
        else:
            self._counts(number, rest.lstrip(" :=.-"), raw, heading=True)

    def _is_unknown_head(self, line: str, raw: str) -> bool:
        """Whether a numbered line in capitals, or below what is told in words a line with nothing but a number, begins
        a section that the form does not know."""
        label, sign, value = line.partition(":")
        counted = bool(sign) and bool(BARE.fullmatch(f":{value}"))
        short = len(label.split()) <= 5
        if self.section in ("notable", "plan", "traffic") and counted and short and label.isupper():
            return True
        if not NUMBERED.match(DECORATION.sub("", raw).strip()) or not label.isupper() or not short:
            return False
        return not (sign and value.strip()) and not (self.head and _known(label, self.head))

    def _traffic(self, number: int, line: str, raw: str) -> None:
        """ "Simpang Jetak : ramai lancar", or a sentence that says how it flows everywhere."""
        line = line.lstrip(" :=.-")
        place, sign, said = [*(part.strip() for part in PLAN_SIGN.split(line, maxsplit=1)), "", ""][:3]
        known = dictionaries()
        post = read_post(said if sign else line, known)
        flow = choose_flow(find_flows(post, known), post, known)
        if flow is None:
            self.not_understood.append(MarkedLine(number, raw.strip()))
            return
        self.traffic.append(Plan(place if sign else "", flow, number))

    def _notable(self, number: int, line: str) -> None:
        line = line.lstrip(" :=.")
        if re.fullmatch(rf"(?:{NIL})[\s.]*", line, re.IGNORECASE):
            self.nothing_notable = True
        elif line:
            self.notable.append(MarkedLine(number, line))

    def _plan(self, number: int, line: str) -> None:
        line = line.lstrip(" :=.-")
        if re.fullmatch(r"(?:esok|besok|hari|utk|untuk|tgl\.?|tanggal|giat|[\s:.,\d/-])*", line, re.IGNORECASE):
            return
        unit, sign, what = [*(part.strip() for part in PLAN_SIGN.split(line, maxsplit=1)), "", ""][:3]
        if sign and what and len(unit) <= 40:
            self.plans.append(Plan(unit, what, number))
        else:
            self.plans.append(Plan(self.plans[-1].unit if self.plans and not what else "", line.rstrip(": "), number))

    def _counts(self, number: int, line: str, raw: str, *, heading: bool = False) -> None:
        """All counts of one line: the usual "label: number", several in a row, or the number first."""
        if self.above and self.head and _one_known(line, self.above) and not _one_known(line, self.head):
            self.head, self.above = self.above, None
        found = (_one(line, self.head, number) or _several(line, self.head, number)) if self.head else []
        if found:
            self.entries.extend(found)
        elif not self._is_subhead(line) and (not heading or re.search(r"\d", line)):
            self.not_understood.append(MarkedLine(number, raw.strip()))

    def _is_subhead(self, line: str) -> bool:
        """A line that only announces what follows: "Jenis pelanggaran :", or a known label without a number."""
        return bool(SUBHEAD.match(line) or (self.head and _known(line, self.head)))

    def lapsit(self, text: str) -> Lapsit:
        lines = text.splitlines()
        heading = "\n".join(filter(_of_the_report, lines[: min(HEADING, self.first or HEADING)]))
        return Lapsit(
            text=text,
            day=_day([marked.text for marked in self.around]) or _day(lines),
            unit=_unit([marked.text for marked in self.around]),
            entries=tuple(self.entries),
            notable=tuple(self.notable),
            nothing_notable=self.nothing_notable and not self.notable,
            plans=tuple(self.plans),
            around=tuple(self.around),
            not_understood=tuple(self.not_understood),
            traffic=tuple(self.traffic),
            hours=_hours(heading),
            period=_period(heading),
        )


def _head(line: str, section: str) -> tuple[str, str]:
    """The head that a line begins, with what follows it; ("", "") for any other line."""
    for head, pattern in HEADS:
        match = pattern.match(line)
        if match is None:
            continue
        rest = line[match.end() :]
        # Below a head "Anggota : 3" and "Pers : 2" are of those who offended, and of the press.
        if head == "personel" and section == "counts" and re.match(r"(?:pers|anggota)\b", line, re.IGNORECASE):
            continue
        # "Laka : 2 kasus" below the head of accidents is a count, not the head again.
        if head == "laka" and section == "counts" and re.match(r"\s*[:=]?\s*\d", rest):
            continue
        if head in ("notable", "plan"):
            rest = rest.partition(":")[2] if ":" in rest else rest
        return head, rest
    return "", ""


def _known(label: str, head: Head) -> Field | None:
    label = " ".join(label.split()).strip(" .:-")
    lettered = re.sub(r"^[a-h]\s+", "", label, flags=re.IGNORECASE)  # "c Survey", the list's letter without its dot
    for wording in dict.fromkeys((label, lettered)):
        for one in FIELDS_OF[head]:
            if one.pattern.fullmatch(wording):
                return one
    return None


def _entry(label: str, value: str, head: Head, number: int) -> Entry | None:
    amount = read_number(value)
    if amount is None or not re.search(r"[^\W\d_]", label):
        return None
    one = _known(label, head)
    if one:
        return Entry(head, one.key, one.label, amount, number)
    words = " ".join(label.split()).strip(" .:-")
    return Entry(head, re.sub(r"\W+", "_", words.lower()).strip("_"), words, amount, number, known=False)


def _one(line: str, head: Head, number: int) -> list[Entry]:
    """ "label : value unit", where the label may hold anything, or "value label"."""
    label, sign, rest = line.partition(":") if ":" in line else line.partition("=")
    if sign:
        match = VALUE.match(rest)
        if match and TAIL.match(match["rest"]):
            entry = _entry(label, match["value"], head, number)
            return [entry] if entry else []
    first = COUNT_FIRST.match(line)
    if first and _known(first["label"], head):
        entry = _entry(first["label"], first["value"], head, number)
        return [entry] if entry else []
    return []


def _one_known(line: str, head: Head) -> bool:
    return any(entry.known for entry in _one(line, head, 0))


def _several(line: str, head: Head, number: int) -> list[Entry]:
    """ "MD 1, LB 0, LR 3": only when at least the first label is known, else it is prose with numbers in it."""
    line = re.sub(rf"^(?P<n>\d+)\s*(?P<l>{COUNTED})\b", r"\g<l> \g<n>", line, flags=re.IGNORECASE)
    pairs = list(PAIR.finditer(line))
    entries = [
        _entry(pair["label"], pair["value"], head, number) for pair in pairs if _known(pair["label"], head) is not None
    ]
    covered = sum(len(pair[0]) for pair in pairs if _known(pair["label"], head) is not None)
    if not entries or covered < 0.6 * len(line):
        return []
    return [entry for entry in entries if entry]


def read_number(text: str) -> int | None:
    """A count or an amount in rupiah: "12", "nihil", "Rp. 1.500.000,-", "2,5 juta", "500rb"; else None."""
    plain = text.strip().lower()
    if re.fullmatch(NIL, plain):
        return 0
    if plain in WORDS:
        return WORDS[plain]
    match = re.search(r"\d[\d.,]*", plain)
    if match is None:
        return None
    digits, scale = match[0].rstrip(".,"), 1
    if re.search(r"\d\s*(?:juta|jt)", plain):
        scale = 1_000_000
    elif re.search(r"\d\s*(?:ribu|rb)", plain):
        scale = 1_000
    if scale == 1 and re.fullmatch(r"\d{1,3}(,\d{3})+", digits):
        digits = digits.replace(",", "")  # "1,500,000", as some write thousands
    whole, _, part = digits.partition(",")
    if scale > 1 and whole.count(".") == 1 and len(whole.partition(".")[2]) < 3:
        whole, _, part = whole.partition(".")
    whole = re.sub(r"[.,]", "", whole)
    fraction = float(f"0.{re.sub(r'[.,]', '', part)}") if part and scale > 1 else 0.0
    return min(round((int(whole) + fraction) * scale), 10**15)


def _day(lines: list[str]) -> date | None:
    for line in lines:
        worded = parse_worded(line)
        if worded:
            return worded.astimezone(WIB).date()
        match = DATE_LINE.search(line) or SHORT_DATE.search(line)
        if match:
            month = MONTHS.get(match["month"].lower()) if match["month"].isalpha() else int(match["month"])
            year = int(match["year"])
            try:
                return date(year + 2000 if year < 100 else year, month or 0, int(match["day"]))
            except ValueError:
                continue
    return None


def _unit(lines: list[str]) -> str:
    """The unit that reports: the one after "Dari", else the first that is named."""
    for wanted in (r"^\W*dari\b", r""):
        for line in lines:
            match = UNIT.search(DECORATION.sub("", line).title()) if re.search(wanted, line, re.IGNORECASE) else None
            if match:
                return match[0].strip()
    return ""
