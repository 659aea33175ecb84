"""What goes wrong for a person, said in one line: what was wrong, what was expected, what to do."""

__all__ = ["DivergenceError", "SaveError", "UserError", "first_line"]

LONGEST = 200  # signs of a library's message


class UserError(Exception):
    """Input that cannot be used: commands print the message as one line and exit with status 2."""


class SaveError(UserError):
    """A checkpoint could not be written; threads that were to write it may wait for minutes."""


class DivergenceError(FloatingPointError):
    """A run met a NaN or an infinity: commands print the message and exit with status 1."""


def first_line(error: Exception) -> str:
    """What a library's error says, as far as it fits into a line of ours."""
    return str(error).strip().split("\n")[0][:LONGEST] or type(error).__name__
