"""Whether what is to be computed fits into memory: Linux kills a process that takes too much.

Accelerators say so themselves, as an error; memory of the host is promised to everyone until it is
touched. So it is asked beforehand, in bytes that are needed at the least: there are no false alarms
but where another process gives memory back in the same moment.
"""

from __future__ import annotations

import resource
from pathlib import Path
from typing import Any

import jax

from jaxgan.errors import UserError

__all__ = ["check_fits", "check_program_fits", "free_bytes"]

PROC, GROUPS = Path("/proc"), Path("/sys/fs/cgroup")
GROUP_FILES = (  # of the second and the first version: limit, use
    (GROUPS, "memory.max", "memory.current"),
    (GROUPS / "memory", "memory.limit_in_bytes", "memory.usage_in_bytes"),
)


def check_program_fits(compiled: Any, what: str, way_out: str) -> None:
    """Refuse a compiled program whose buffers do not fit beside its arguments.

    Only on CPUs, all of whose virtual devices take from the same memory.
    """
    if jax.default_backend() != "cpu":
        return
    sizes = compiled.memory_analysis()
    needed = sizes.temp_size_in_bytes + sizes.output_size_in_bytes - sizes.alias_size_in_bytes
    check_fits(needed * jax.local_device_count(), what, way_out)


def check_fits(needed: int, what: str, way_out: str) -> None:
    """Raise UserError where `what` needs more bytes of the host's memory than can be had."""
    free = free_bytes()
    if free is not None and needed > free:
        raise UserError(
            f"out of memory: {what} needs {needed / 2**30:.1f} GiB, {free / 2**30:.1f} GiB are "
            f"free; {way_out}"
        )


def free_bytes() -> int | None:
    """What this process may still take, by the machine, its control group and its own limit.

    None where the system does not say, as on macOS.
    """
    memory = _sizes(PROC / "meminfo")
    if "MemAvailable" not in memory:
        return None
    rooms = [memory["MemAvailable"] + memory.get("SwapFree", 0), *_rooms_of_groups()]
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY:
        rooms.append(limit - _sizes(PROC / "self" / "status").get("VmSize", 0))
    return max(0, min(rooms))


def _sizes(path: Path) -> dict[str, int]:
    """Lines `name: 12 kB` of a file of the system, as bytes by name."""
    try:
        lines = [line.split() for line in path.read_text(encoding="utf-8").splitlines()]
    except OSError:
        return {}
    return {line[0].rstrip(":"): int(line[1]) * 1024 for line in lines if line[-1:] == ["kB"]}


def _rooms_of_groups() -> list[int]:
    """Limit less use of every control group around this process, but for files kept in memory."""
    rooms = []
    for root, limit_name, use_name in GROUP_FILES:
        for group in _groups(root):
            try:
                limit = int((group / limit_name).read_text(encoding="utf-8"))
                used = int((group / use_name).read_text(encoding="utf-8"))
                facts = (group / "memory.stat").read_text(encoding="utf-8").splitlines()
            except (OSError, ValueError):  # not there, or `max`: no limit
                continue
            files = dict(line.split() for line in facts)
            kept = int(files.get("total_inactive_file", files.get("inactive_file", 0)))
            rooms.append(limit - used + kept)
    return rooms


def _groups(root: Path) -> list[Path]:
    """The group of this process and those above it; in a container, its own is the root."""
    try:
        lines = (PROC / "self" / "cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    kind = "memory" if root.name == "memory" else ""
    for _, controllers, name in (line.split(":", 2) for line in lines):
        if kind in controllers.split(","):
            own = root / name.lstrip("/")
            return [own, *(parent for parent in own.parents if root in (parent, *parent.parents))]
    return []
