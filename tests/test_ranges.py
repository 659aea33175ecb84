"""Every range: its ends, what lies outside, and the line that says so."""

import math
from dataclasses import dataclass

import numpy as np
import pytest

from jaxgan.errors import UserError
from jaxgan.ranges import check_choice, check_held, check_number, check_whole, field_of, flag_of

MOST = 2**31 - 1


@dataclass
class Blur:
    until_step: float = 0.5


def test_a_field_is_named_by_its_part_or_as_a_flag():
    assert field_of(Blur(), "until_step") == ("Blur with until_step", 0.5)
    assert flag_of(Blur(), "until_step") == ("--until-step", 0.5)


@pytest.mark.parametrize("value", [1, 7, MOST])
def test_whole_numbers_that_are_taken(value):
    check_whole("--steps", value, 1)


@pytest.mark.parametrize("value", [0, -1, 1.0, True, None, "1", MOST + 1, math.nan])
def test_what_is_no_whole_number_from_one(value):
    with pytest.raises(UserError) as refused:
        check_whole("--steps", value, 1)
    end = f" to {MOST}" if value == MOST + 1 else ""
    assert str(refused.value) == f"--steps {value}: expected a whole number from 1{end}"


def test_what_a_number_is_of_its_end_and_the_way_out_are_told():
    check_whole("--seed", 10**20, 0, None)
    with pytest.raises(UserError) as refused:
        check_whole("--count", 9, 1, 8, of="images", hint="or leave it out")
    assert str(refused.value) == (
        "--count 9: expected a whole number of images from 1 to 8; or leave it out"
    )


@pytest.mark.parametrize(
    ("bounds", "taken", "refused", "words"),
    [
        ({"above": 0}, [1e-9, 7, np.float32(2)], [0, -1], "a number above 0"),
        ({"least": 0}, [0, 7.5], [-0.1], "a number from 0"),
        ({"least": 0, "below": 1}, [0, 0.9], [1, -0.1], "a number in [0, 1)"),
        ({"above": 0, "most": 1}, [0.1, 1], [0, 1.1], "a number in (0, 1]"),
        ({"above": 0, "below": 0.5}, [0.1], [0, 0.5], "a number in (0, 0.5)"),
        ({"least": 1e-30, "most": 1e38}, [1e-30, 1e38], [0, 2e38], "a number from 1e-30 to 1e+38"),
    ],
)
def test_numbers_within_bounds(bounds, taken, refused, words):
    for value in taken:
        check_number("Part with x", value, **bounds)
    for value in [*refused, math.nan, math.inf, -math.inf, True, None, "1"]:
        with pytest.raises(UserError) as error:
            check_number("Part with x", value, **bounds, hint="choose none")
        assert str(error.value) == f"Part with x {value}: expected {words}; choose none"


def test_choices():
    check_choice("--channels", None, (None, 1, 3))
    with pytest.raises(UserError, match=r"^--channels 2: expected one of None, 1, 3$"):
        check_choice("--channels", 2, (None, 1, 3))
    with pytest.raises(UserError, match=r"^Part with norm 'bath': expected one of none, batch$"):
        check_choice("Part with norm", "bath", ("none", "batch"))


def test_what_32_bits_hold():
    for value in (0, 0.0, MOST, -MOST, 1e-30, -1e38, "text", None):
        check_held("--x", value)
    with pytest.raises(UserError, match="2147483648: expected a whole number up to 2147483647"):
        check_held("--x", MOST + 1)
    for value in (1e-31, -1e-31, 1e39):
        with pytest.raises(UserError, match="expected 0 or a number from 1e-30 to 1e"):
            check_held("--x", value)
