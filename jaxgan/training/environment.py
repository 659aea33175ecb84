"""What a run ran on: everything outside its config that can change its bits."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jax

from jaxgan.errors import UserError, first_line

__all__ = ["check_devices", "describe_environment", "differences", "prepare_jax",
           "use_compiled_32_bits", "use_cpu_threads_of", "use_deterministic_flags"]  # fmt: skip

PACKAGES = ("jaxgan", "jax", "jaxlib", "flax", "optax", "orbax-checkpoint", "chex", "numpy")
GPU_PACKAGES = ("jax-cuda12-plugin", "jax-cuda13-plugin", "nvidia-cudnn-cu12", "nvidia-cudnn-cu13")
DETERMINISTIC_FLAG = "--xla_gpu_deterministic_ops=true"
THREADS = "NPROC"  # read by XLA when its CPU client starts; default: the cores it may use
BITS = ("packages", "device_kind", "processor", "cpu_threads", "xla_flags", "data_fingerprint",
        "default_float")  # fmt: skip
LATER = ("cpu_threads", "processor")  # that earlier versions did not note
"""Entries of which a difference may change a run's bits; Python and the host may not."""


def use_deterministic_flags() -> None:
    """Ask XLA for deterministic GPU operations; call it before JAX touches a device."""
    flags = os.environ.get("XLA_FLAGS", "")
    if "xla_gpu_deterministic_ops" not in flags:
        os.environ["XLA_FLAGS"] = f"{flags} {DETERMINISTIC_FLAG}".strip()


def use_compiled_32_bits() -> None:
    """Compute compiled and in 32 bits even under JAX_DISABLE_JIT or JAX_ENABLE_X64, which steps are
    not written for: their bits would be others."""
    jax.config.update("jax_enable_x64", False)
    jax.config.update("jax_disable_jit", False)


def prepare_jax(recorded: Mapping[str, Any]) -> None:
    """Have JAX compute as a recorded run did; call it before JAX touches a device."""
    use_compiled_32_bits()
    use_cpu_threads_of(recorded)
    check_devices()


def check_devices() -> None:
    """Raise UserError where JAX finds none of the devices that it is told to use."""
    try:
        jax.devices()
    except (RuntimeError, AssertionError) as error:
        names = ("JAX_PLATFORMS", "JAX_NUM_CPU_DEVICES", "CUDA_VISIBLE_DEVICES")
        told = " ".join(f"{name}={os.environ[name]}" for name in names if name in os.environ)
        raise UserError(
            f"JAX finds no device under {told or 'its defaults'} ({first_line(error)}): unset what "
            "is wrong there, or set JAX_PLATFORMS=cpu"
        ) from error


def use_cpu_threads_of(recorded: Mapping[str, Any]) -> None:
    """Have XLA compute on as many CPU threads as a run was recorded with, unless NPROC is set.

    XLA cuts large products by the size of its pool of threads, and another cut rounds differently.
    The pool may be larger than the machine; that costs some speed. Call it before JAX touches a
    device.
    """
    if recorded.get("cpu_threads"):
        os.environ.setdefault(THREADS, str(recorded["cpu_threads"]))


def describe_environment(data_fingerprint: str) -> dict[str, Any]:
    """Versions, device kind and count, flags, git commit and data, as JSON values."""
    return {
        "packages": _versions(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "device_kind": jax.devices()[0].device_kind,
        "backend": jax.default_backend(),
        "processor": _processor(),
        "cpu_threads": _cpu_threads(),
        "device_count": jax.device_count(),
        "process_count": jax.process_count(),
        "xla_flags": _bit_changing_flags(),
        "default_float": str(jax.dtypes.canonicalize_dtype(float)),
        "git_commit": _git_commit(),
        "data_fingerprint": data_fingerprint,
    }


def differences(recorded: dict[str, Any], here: dict[str, Any]) -> list[str]:
    """One line for each recorded entry that may change bits and is another here."""
    lines = []
    for name in BITS:
        if name in LATER and name not in recorded:
            continue
        before, now = recorded.get(name), here.get(name)
        if isinstance(before, dict) and isinstance(now, dict):
            names = sorted(set(before) | set(now))
            pairs = [(n, before.get(n), now.get(n)) for n in names]
        else:
            pairs = [(name, before, now)]
        lines += [f"{n}: {old} recorded, {new} here" for n, old, new in pairs if old != new]
    return lines


def _cpu_threads() -> int | None:
    """Size of XLA's pool of threads, where CPUs compute: NPROC or the cores, a thread a device."""
    if jax.default_backend() != "cpu":
        return None
    known = hasattr(os, "sched_getaffinity")  # on Linux
    cores = len(os.sched_getaffinity(0)) if known else os.cpu_count() or 1
    asked = os.environ.get(THREADS, "")
    return max(int(asked) if asked.isdigit() else cores, jax.local_device_count())


def _processor() -> str | None:
    """The CPU by name, family and model, where CPUs compute: XLA uses what each kind offers."""
    if jax.default_backend() != "cpu":
        return None
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").split("\n\n")[0].splitlines()
    except OSError:  # no Linux
        return platform.processor() or platform.machine()
    facts = {name.strip(): value.strip() for name, _, value in (x.partition(":") for x in lines)}
    named = [facts[name] for name in ("model name", "cpu family", "model") if name in facts]
    return " ".join(named) or platform.machine()


def _versions() -> dict[str, str]:
    found = {}
    for package in PACKAGES + GPU_PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def _bit_changing_flags() -> str:
    """XLA's flags, less the number of virtual CPU devices, which changes no bits."""
    flags = os.environ.get("XLA_FLAGS", "").split()
    return " ".join(sorted(f for f in flags if "host_platform_device_count" not in f))


def _git_commit() -> str | None:
    """The commit of the checkout that jaxgan was imported from, `+` if changed; else None."""
    folder = Path(__file__).parent
    try:
        _git(folder, "ls-files", "--error-unmatch", Path(__file__).name)
        commit = _git(folder, "rev-parse", "HEAD")
        changed = _git(folder, "status", "--porcelain", "--untracked-files=no", ".")
    except (OSError, subprocess.SubprocessError):
        return None
    return commit + ("+" if changed else "")


def _git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=10)
    return done.stdout.strip()
