"""Errors are one line, whatever stands in the names that they quote."""

import pytest

from jaxgan.errors import DivergenceError, SaveError, UserError


@pytest.mark.parametrize("kind", [UserError, SaveError, DivergenceError])
def test_control_signs_are_written_out(kind):
    error = kind("a\nb\x1b[31m\r\u2028é😀 is no folder")
    assert str(error) == "a\\nb\\x1b[31m\\r\\u2028é😀 is no folder"
    assert len(str(error).splitlines()) == 1
