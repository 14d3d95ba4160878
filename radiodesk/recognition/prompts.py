"""What the recogniser is told beforehand: a few sentences as a traffic desk would say them.

Whisper continues in the manner of the text before it. One that greets, reports and spells numbers out makes it write
"satu satu sembilan" where it would write 119, and know the words of police and roads. The sentences are made up.
"""

_PROMPTS = {
    "id": (
        "Selamat pagi, Polres {place}, ada yang bisa kami bantu? Nomor telepon saya kosong delapan lima dua, "
        "tiga tujuh sembilan, satu enam empat. Kecelakaan di Jalan Gajah Mada jam setengah delapan malam, "
        "dua puluh lima orang, kerugian tiga juta lima ratus ribu rupiah."
    )
}

_DIGITS = (
    "delapan kosong tiga satu lima, enam tujuh dua sembilan empat, nol lima dua dua tujuh satu, "
    "sembilan enam kosong empat delapan tiga"
)
_DICTATION = {
    "id": (
        "{prompt} Nomor pelat sembilan enam kosong kosong, empat delapan tujuh tujuh nol tiga.",
        f"{_DIGITS} {_DIGITS}",
    )
}


def prompt_for(language: str, place: str = "Kota") -> str:
    """The prompt of that language, with the station's ``place``; empty where none was written."""
    return _PROMPTS.get(language, "").format(place=place)


def dictation_prompts(language: str, place: str = "Kota") -> tuple[str, ...]:
    """Prompts for a second and third opinion where somebody dictates a number digit by digit."""
    general = prompt_for(language, place)
    return tuple(prompt.format(prompt=general) for prompt in _DICTATION.get(language, ()))
