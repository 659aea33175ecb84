"""Ctrl-C, SIGTERM and a closed terminal as a question that a loop can ask."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["StopSignal", "stop_signals"]

StopSignal = Callable[[], signal.Signals | None]
"""The signal that has asked the run to stop, or None."""


@contextmanager
def stop_signals() -> Iterator[StopSignal]:
    """Within it, the first SIGINT, SIGTERM or SIGHUP is only noted; a second one ends the process.

    SIGHUP stays ignored where `nohup` has it so. Signals go to the main thread alone: in another
    thread nothing is changed or noted.
    """
    received: list[signal.Signals] = []
    watched = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        watched.append(signal.SIGHUP)

    def note(number: int, frame: object) -> None:
        del frame
        received.append(signal.Signals(number))
        for each in watched:
            signal.signal(each, signal.SIG_DFL)

    in_main_thread = threading.current_thread() is threading.main_thread()
    before = {each: signal.signal(each, note) for each in watched} if in_main_thread else {}
    try:
        yield lambda: received[0] if received else None
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
