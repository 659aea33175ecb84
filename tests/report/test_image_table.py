"""The table of single images: order, numbers, and names that would break a CSV file."""

import csv

import numpy as np
import pytest

from jaxgan.errors import printable
from jaxgan.report.image_table import ImageTable, largest_first, write_csv


def table(names, radii=None, labels=(), **columns):
    radii = np.arange(len(names), 0.0, -1) if radii is None else np.array(radii)
    return ImageTable({"radius_px": radii, **columns}, tuple(names), tuple(labels))


def lines(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_the_softest_image_comes_first(tmp_path):
    made = table(("a.png", "b.png", "c.png"), [0.5, 1.23456, -0.25], ("cat", "dog", "cat"),
                 tenengrad=np.array([0.0123456, 12345.6, 0]))  # fmt: skip
    write_csv(tmp_path / "images.csv", made)
    assert (tmp_path / "images.csv").read_bytes().decode() == (
        "rank,name,class,radius_px,tenengrad\n"
        "1,b.png,dog,1.235,1.235e+04\n"
        "2,a.png,cat,0.5,0.01235\n"
        "3,c.png,cat,-0.25,0\n"
    )


def test_another_column_may_say_what_is_worst(tmp_path):
    made = table(("a", "b", "c"), [3, 2, 1], noise=np.array([0.1, 0.3, 0.2]))
    write_csv(tmp_path / "images.csv", made, by="noise")
    assert [line[1] for line in lines(tmp_path / "images.csv")] == ["name", "b", "c", "a"]


def test_what_was_not_measured_is_last_and_empty_and_equals_keep_their_order(tmp_path):
    made = table(("a", "b", "c", "d"), [1, np.nan, 1, 2])
    assert largest_first(made).tolist() == [3, 0, 2, 1]
    equal = table([str(i) for i in range(100)], np.arange(100) % 2)
    assert largest_first(equal).tolist() == [*range(1, 100, 2), *range(0, 100, 2)]
    write_csv(tmp_path / "images.csv", made)
    assert lines(tmp_path / "images.csv")[-1] == ["4", "b", "", ""]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", " =", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_formulas_are_text(tmp_path, sign):
    formula = sign + 'HYPERLINK("http://x", "y")'
    write_csv(tmp_path / "images.csv", table([formula], [-1.0], [formula]))
    assert lines(tmp_path / "images.csv")[1] == ["1", "'" + formula, "'" + formula, "-1"]


@pytest.mark.parametrize(
    "name",
    ["../x.png", "<b>bold</b>.png", 'say "hi", twice;.png', "a=1.png", "größe/猫 é.png", "' .png"],
)
def test_other_names_come_back_as_they_were(tmp_path, name):
    write_csv(tmp_path / "images.csv", table([name, "next.png"], labels=[name, ""]))
    first, second = lines(tmp_path / "images.csv")[1:]
    assert first == ["1", name, name, "2"]
    assert second[1] == "next.png"


def test_one_line_an_image_whatever_its_name(tmp_path):
    names = ["a\nb.png", "a\r\nb", "tab\t.png", "turned\u202egnp.exe", "latin\udcfc.png", "\u2028"]
    write_csv(tmp_path / "images.csv", table(names))
    text = (tmp_path / "images.csv").read_text(encoding="utf-8")
    assert len(text.splitlines()) == len(names) + 1
    assert [line[1] for line in lines(tmp_path / "images.csv")[1:]] == [
        r"a\nb.png", r"a\r\nb", r"tab\t.png", r"turned\u202egnp.exe", r"latin\udcfc.png", r"\u2028",
    ]  # fmt: skip


def test_what_can_be_seen_is_left_alone():
    assert printable("größe/猫 é.png") == "größe/猫 é.png"


def test_an_old_file_is_replaced_and_nothing_else_is_left(tmp_path):
    path = tmp_path / "images.csv"
    path.write_text("old\n" * 100)
    write_csv(path, table(["a.png"]))
    assert len(lines(path)) == 2
    assert [file.name for file in tmp_path.iterdir()] == ["images.csv"]


def test_a_table_that_cannot_be_written_leaves_the_old_one(tmp_path):
    path = tmp_path / "images.csv"
    path.write_text("old\n")
    for wrong, words in (
        (table(["a", "b"], [1.0]), r"radius_px of shape \(1,\) for 2 names"),
        (table(["a", "b"], labels=["cat"]), "1 labels for 2 names"),
        (ImageTable({"noise": np.zeros(1)}, ("a",)), "no column 'radius_px': expected one of no"),
    ):
        with pytest.raises(ValueError, match=words):
            write_csv(path, wrong)
    assert path.read_text() == "old\n"
