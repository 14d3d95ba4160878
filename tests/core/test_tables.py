"""CSV that people open in a spreadsheet runs nothing."""

import csv
import io

import pytest

from radiodesk.core.csv_tables import csv_text, safe_cell


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://x")',
        "=1+1|cmd",
        "=2",
        "+62 812 lalu",
        "+1+1",
        "-1+1",
        "-SUM(A1)",
        "@SUM(A1)",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        "＝1+1",
    ],
)
def test_what_looks_like_a_formula_is_text(text: str) -> None:
    assert safe_cell(text) == f"'{text}"
    [[cell]] = list(csv.reader(io.StringIO(csv_text(["x"], [[text]]))))[1:]
    assert cell == f"'{text}"


@pytest.mark.parametrize("text", ["", "Lampu jalan padam", "-7.15", "+6281200000001", "-5", "3,5", "1=1", "a@b"])
def test_words_and_numbers_stay_as_they_are(text: str) -> None:
    assert safe_cell(text) == text
