"""The model prefers what people say, and learns the names of the place."""

import gzip
import random
from importlib.resources import files

import pytest

from radiodesk.recognition.confusions import Confusions, sound_distance
from radiodesk.recognition.language_model import LanguageModel, has_counts, load_counts, load_frequencies
from radiodesk.recognition.rescoring import Guess, Rescorer
from scripts.build_lm import Filler, count


@pytest.fixture(scope="module")
def model() -> LanguageModel:
    return LanguageModel(load_counts("id"), general=load_frequencies("id"))


@pytest.fixture(scope="module")
def rescorer() -> Rescorer:
    return Rescorer("id", ["Kalitidu", "Ngumpakdalem"])


def test_the_counts_stay_small_enough_to_ship() -> None:
    assert (files("radiodesk.recognition") / "data" / "id.lm.gz").stat().st_size < 2_000_000  # type: ignore[attr-defined]
    assert has_counts("id")
    assert not has_counts("tlh")


@pytest.mark.parametrize("word", ["penerangan", "sungai", "membahayakan", "stasiun", "dirampok", "terkait"])
def test_common_words_are_known_though_nobody_of_the_trade_wrote_them(model: LanguageModel, word: str) -> None:
    assert model.knows(word)


@pytest.mark.parametrize(
    ("likelier", "other"),
    [
        ("arus lalu lintas lancar", "arus lalu lintah lancar"),
        ("jalan rusak dan berlubang", "dan berlubang jalan rusak rusak"),
        ("tujuh ratus lima puluh ribu rupiah", "tujuh ratus lima buruh ribu rupiah"),
        ("saya mau melapor", "sayang mau lapar"),
    ],
)
def test_what_people_say_is_likelier(model: LanguageModel, likelier: str, other: str) -> None:
    assert model.score(likelier.split()) > model.score(other.split())


def test_probabilities_of_the_next_word_do_not_exceed_one(model: LanguageModel) -> None:
    from math import exp

    words = {run[0] for counts in load_counts("id").values() for run in counts if len(run) == 1} - {"<s>"}
    words |= set(load_frequencies("id"))
    for before in [("<s>",), ("lalu", "lintas"), ("kosong", "delapan")]:
        assert 0.85 < sum(exp(model.log_probability(word, before)) for word in words) <= 1.0001


def test_a_name_that_is_listened_for_becomes_likelier() -> None:
    line = ["kecelakaan", "di", "sukobrojomulyo"]
    model = LanguageModel(load_counts("id"))

    listening = model.listening_for(["Sukobrojomulyo"])

    assert listening.score(line) > model.score(line) + 2
    assert listening.knows("sukobrojomulyo")
    assert not model.knows("sukobrojomulyo")


def test_a_name_may_be_what_was_meant_where_it_is_listened_for() -> None:
    heard = [Guess("kecelakaan di sukobrojomulya", -5.0)]
    choices = [Rescorer("id", names).choose(heard) for names in ((), ("Sukobrojomulyo",))]
    assert [choice.words[-1] if choice else None for choice in choices] == ["sukobrojomulya", "sukobrojomulyo"]


def test_near_sounds_are_nearer() -> None:
    assert sound_distance("bantuan", "bantuan") == 0
    assert sound_distance("tikat", "tiket") < sound_distance("tikat", "tikus")
    assert sound_distance("elamat", "selamat") < 1


def test_two_words_run_together_are_found() -> None:
    confusions = Confusions(["perlu", "bantuan"], [("perlu", "bantuan")])

    assert ("perlu", "bantuan") in [words for words, _ in confusions.neighbours("perubantuan")]


def test_the_right_guess_wins_over_the_first(rescorer: Rescorer) -> None:
    choice = rescorer.choose(
        [Guess("Saya mau melafor kehilangan mutor.", -4.0), Guess("Saya mau melapor kehilangan motor.", -4.6)]
    )

    assert choice
    assert choice.written == ("Saya", "mau", "melapor", "kehilangan", "motor.")


def test_digits_are_read_by_what_stands_around_them(rescorer: Rescorer) -> None:
    money = rescorer.choose([Guess("Harganya 750 ribu rupiah.", -3.0)])
    phone = rescorer.choose([Guess("kosong delapan lima 750 empat", -3.0)])

    assert money
    assert phone
    assert " ".join(money.words) == "harganya tujuh ratus lima puluh ribu rupiah"
    assert " ".join(phone.words) == "kosong delapan lima tujuh lima kosong empat"


def test_unknown_words_become_what_they_sound_like_and_names_stay(rescorer: Rescorer) -> None:
    choice = rescorer.choose([Guess("Kecelakaan di Kalitidu, sefeda motor.", -5.0)])

    assert choice
    assert choice.written == ("Kecelakaan", "di", "Kalitidu,", "sepeda", "motor.")


def test_each_word_says_how_many_guesses_agree(rescorer: Rescorer) -> None:
    choice = rescorer.choose([Guess("jalan rusak", -2.0), Guess("jalan ramai", -2.1), Guess("jalan macet", -2.1)])

    assert choice
    assert choice.confidence[0] == pytest.approx(1.0)
    assert choice.confidence[1] < 0.8


def test_guesses_without_a_word_choose_nothing(rescorer: Rescorer) -> None:
    assert rescorer.choose([]) is None
    assert rescorer.choose([Guess("...", -1.0), Guess("", -2.0)]) is None


def test_counting_leaves_out_rare_runs_and_digits() -> None:
    counts = count(["jalan rusak 12 meter", "jalan rusak", "jalan sepi"], least=2)

    assert counts["jalan", "rusak"] == 2
    assert ("jalan", "sepi") not in counts
    assert counts[("sepi",)] == 1
    assert not any(word.isdigit() for run in counts for word in run)


def test_templates_are_filled_the_same_way_every_time() -> None:
    template = "(ada|terjadi) {matter} di {place} kerugian {money} hubungi {phone} jam {clock} nomor {digits}"

    first = Filler(random.Random(1), ["kalitidu"])(template)  # noqa: S311
    second = Filler(random.Random(1), ["kalitidu"])(template)  # noqa: S311

    assert first == second
    assert "{" not in first
    assert "(" not in first


def test_the_shipped_counts_hold_no_sentence() -> None:
    lines = gzip.decompress((files("radiodesk.recognition") / "data" / "id.lm.gz").read_bytes()).decode().splitlines()

    assert max(len(line.split("\t")[1].split()) for line in lines) == 3
