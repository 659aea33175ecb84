"""What goes wrong for a person, said in one line: what was wrong, what was expected, what to do."""

import re

__all__ = ["DivergenceError", "SaveError", "UserError", "first_line", "in_a_line"]

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
LONGEST = 200  # signs of a library's message


class UserError(Exception):
    """Input that cannot be used: commands print the message as one line and exit with status 2."""

    def __str__(self) -> str:
        return in_a_line(super().__str__())


class SaveError(UserError):
    """A checkpoint could not be written; threads that were to write it may wait for minutes."""


class DivergenceError(FloatingPointError):
    """A run met a NaN or an infinity: commands print the message and exit with status 1."""

    def __str__(self) -> str:
        return in_a_line(super().__str__())


def in_a_line(text: str) -> str:
    """The text with line breaks and control signs written out, as names of files may have them."""
    return CONTROL.sub(lambda sign: repr(sign[0])[1:-1], text)


def first_line(error: Exception) -> str:
    """What a library's error says, as far as it fits into a line of ours."""
    return str(error).strip().split("\n")[0][:LONGEST] or type(error).__name__
