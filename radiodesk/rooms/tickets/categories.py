"""What the categories of triage are called on screen; a category that a station adds is shown by its id."""

from radiodesk.core.i18n import N_, gettext
from radiodesk.language.triage import UNKNOWN
from radiodesk.language.triage.compiled_rules import categories

CATEGORY_NAMES = {
    "kecelakaan": N_("Road accident"),
    "kemacetan": N_("Congestion"),
    "parkir": N_("Parking"),
    "balap_liar": N_("Street racing"),
    "knalpot_brong": N_("Loud exhausts"),
    "lampu_lalu_lintas": N_("Traffic lights"),
    "rambu": N_("Signs and markings"),
    "pelanggaran_lalu_lintas": N_("Traffic offence"),
    "tilang": N_("Traffic tickets and checks"),
    "curanmor": N_("Vehicle theft"),
    "pencurian": N_("Theft"),
    "penipuan": N_("Fraud"),
    "judi": N_("Gambling"),
    "miras": N_("Alcohol"),
    "narkoba": N_("Drugs"),
    "kdrt": N_("Violence at home"),
    "kekerasan_seksual": N_("Sexual violence"),
    "penganiayaan": N_("Assault"),
    "premanisme": N_("Thuggery and extortion"),
    "sim": N_("Driving licence"),
    "stnk_bpkb": N_("Vehicle papers"),
    "skck": N_("Police record certificate"),
    "laporan_polisi": N_("Police report and its progress"),
    "pungli": N_("Illegal levies"),
    "perilaku_anggota": N_("Conduct of an officer"),
    "apresiasi": N_("Thanks and praise"),
    "binmas": N_("Community policing"),
    "patroli": N_("Patrol wanted"),
    "keramaian": N_("Crowds and events"),
    "kebisingan": N_("Noise"),
    "ketertiban": N_("Public order"),
    "orang_hilang": N_("Missing person"),
    "barang_hilang": N_("Lost property"),
    "kebakaran": N_("Fire"),
    "medis": N_("Medical emergency"),
    "satwa": N_("Animals"),
    "jalan_rusak": N_("Damaged road"),
    "penerangan_jalan": N_("Street lighting"),
    "pohon": N_("Trees"),
    "genangan_banjir": N_("Flooding"),
    "bencana": N_("Disaster"),
    "sampah": N_("Waste"),
    "air_minum": N_("Drinking water"),
    "listrik": N_("Electricity"),
    "kependudukan": N_("Civil registration"),
    "bantuan_sosial": N_("Social aid"),
    "pendidikan": N_("Schools"),
    "pemerintahan_desa": N_("Village administration"),
    UNKNOWN: N_("Something else"),
}

DELICATE = frozenset({"kdrt", "kekerasan_seksual", "perilaku_anggota", "pungli", "narkoba"})
"""Matters for which a new ticket is proposed as confidential: victims, and those who report on people with power."""


def category_name(category: str | None) -> str:
    """A category in the language of the request; empty for none."""
    if not category:
        return ""
    name = CATEGORY_NAMES.get(category)
    return gettext(name) if name else category.replace("_", " ").capitalize()


def category_choices() -> dict[str, str]:
    """Every category by id, with its name, in the order of the alphabet; the one for anything else last."""
    known = {category.id: category_name(category.id) for category in categories()}
    return dict(sorted(known.items(), key=lambda item: item[1])) | {UNKNOWN: category_name(UNKNOWN)}
