"""Flags of commands that take several values need one."""

import pytest

from jaxgan.commands import blur, compare, rerun, sample
from jaxgan.errors import UserError


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        (sample, ["run", "--trust"]),
        (sample, ["run", "--trust", "--count", "4"]),
        (rerun, ["run", "--trust"]),
        (blur, ["run", "--trust"]),
        (compare, ["run", "run", "--scores"]),
    ],
)
def test_none_is_refused(command, arguments):
    with pytest.raises(UserError, match="without a value: give one or more, or leave it out"):
        command.main(arguments)


def test_several_are_taken(tmp_path):
    with pytest.raises(UserError, match="holds no run"):
        sample.main([str(tmp_path / "nowhere"), "--trust", "json", "random"])
