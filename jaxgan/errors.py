"""What goes wrong for a person, said in one line: what was wrong, what was expected, what to do."""

__all__ = ["DivergenceError", "SaveError", "UserError", "first_line", "printable"]

LONGEST = 200  # signs of a library's message


class UserError(Exception):
    """Input that cannot be used: commands print the message as one line and exit with status 2."""

    def __str__(self) -> str:
        return printable(super().__str__())


class SaveError(UserError):
    """A checkpoint could not be written; threads that were to write it may wait for minutes."""


class DivergenceError(FloatingPointError):
    """A run met a NaN or an infinity: commands print the message and exit with status 1."""

    def __str__(self) -> str:
        return printable(super().__str__())


def first_line(error: Exception) -> str:
    """What a library's error says, as far as it fits into a line of ours."""
    return str(error).strip().split("\n")[0][:LONGEST] or type(error).__name__


def printable(text: str) -> str:
    """The text on one line: what cannot be seen (line ends, marks that turn the direction of
    writing, bytes of a file name that are no text) becomes an escape such as `\\n`."""
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape", "surrogatepass").decode()
        for sign in text
    )
