"""How a command ends: with its status, and one line for what a person can mend."""

from __future__ import annotations

import errno
import io
import os
import signal
import sys
from collections.abc import Callable
from typing import Any, TextIO

from jaxgan.errors import DivergenceError, SaveError, UserError, first_line, printable

__all__ = ["run_command"]

LONGEST = 200  # signs of a path
LEFT_BEHIND = ("Event loop is closed", "TensorStore details")


def run_command(command: Callable[[], int]) -> None:
    """Run a command and exit with its status; what a person can mend is printed as one line."""
    _open_streams()
    sys.unraisablehook = _without_tensorstore
    try:
        status = command()
        sys.stdout.flush()
    except SaveError as error:
        _complain(f"error: {error}")
        os._exit(2)  # Orbax's threads would be waited for, for minutes
    except UserError as error:
        status = 2
        _complain(f"error: {error}")
    except BrokenPipeError:  # whoever read the output has gone, as `head` does
        status = 128 + signal.SIGPIPE
        _silence(sys.stdout)
    except DivergenceError as error:
        status = 1
        _complain(f"stopped: {error}")
    except OSError as error:
        status = 2
        _complain(f"error: {_what_the_system_said(error)}")
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
            _silence(sys.stdout)  # it may be what is full
    except Exception as error:
        if not _is_out_of_memory(error):
            raise
        status = 2
        _complain(
            f"error: out of memory ({first_line(error)}): lower --batch-size, --count, "
            "--image-size or the networks' width, or take a device with more"
        )
    except KeyboardInterrupt:
        status = 128 + signal.SIGINT
    sys.exit(status)


def _open_streams() -> None:
    """Streams that whoever started this has closed lead nowhere: else the next file that is opened
    would be taken for one of them, and filled with what libraries write there."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(number)
    sys.stdout = sys.stdout or io.TextIOWrapper(io.FileIO(1, "w", closefd=False), "utf-8")
    sys.stderr = sys.stderr or io.TextIOWrapper(io.FileIO(2, "w", closefd=False), "utf-8")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # names of folders that its encoding has not
            stream.reconfigure(errors="backslashreplace")


def _complain(text: str) -> None:
    """One line on stderr, whatever is in the names that it tells; none where that is full."""
    try:
        print(printable(text), file=sys.stderr, flush=True)
    except OSError:
        _silence(sys.stderr)


def _silence(stream: TextIO) -> None:
    """What is still to be written to a stream goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _what_the_system_said(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return (
            f"no room left on the disk for {error.filename or 'the run or its output'}: make room "
            "and run the same command again"
        )
    where = "" if error.filename is None else f"{str(error.filename)[:LONGEST]}: "
    return f"{where}{error.strerror or first_line(error)}; give another path, or mend this one"


def _without_tensorstore(unraisable: Any) -> None:
    """Print what nobody can catch, but for what TensorStore's reads and writes leave behind after
    one of them has failed, of which the command tells: pages, or an event loop that is gone."""
    if not any(words in str(unraisable.exc_value) for words in LEFT_BEHIND):
        sys.__unraisablehook__(unraisable)


def _is_out_of_memory(error: Exception) -> bool:
    """Of Python, NumPy or, by the words of its message, XLA."""
    of_xla = type(error).__name__ in ("JaxRuntimeError", "XlaRuntimeError")
    return isinstance(error, MemoryError) or (of_xla and "RESOURCE_EXHAUSTED" in str(error))
