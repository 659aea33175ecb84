"""Mapping pure steps over devices and hosts: the only file that names pmap.

State goes in and comes out unstacked, the same on every device; the batch is split. Hosts are
JAX's own runtime: after `start_hosts`, `jax.devices()` are those of all of them.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from typing import Any

import jax
import numpy as np
from jax.experimental import multihost_utils
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from jaxgan.errors import UserError
from jaxgan.types import Tree

__all__ = [
    "AXIS",
    "agree",
    "is_first_host",
    "local_slice",
    "map_step",
    "replicate",
    "start_hosts",
    "to_global",
    "to_local",
]

AXIS = "device"


def start_hosts(
    coordinator: str | None = None,
    process_count: int | None = None,
    process: int | None = None,
    *,
    seconds: int = 300,
) -> None:
    """Join the other processes of a run; call it before anything else touches a device.

    Without arguments JAX finds Slurm, Open MPI, Kubernetes and TPU pods by itself. Raises
    UserError where it finds none. Where not all have come after so many `seconds`, the process says
    so in a line and ends with status 2: JAX's own limit would abort it.
    """
    late = threading.Timer(seconds, _give_up, (coordinator, process_count, seconds))
    late.daemon = True
    late.start()
    try:
        jax.distributed.initialize(
            coordinator, process_count, process, initialization_timeout=seconds + 60
        )
    except (ValueError, RuntimeError) as error:
        raise UserError(
            f"the processes of this run could not find each other ({error}): start every one with "
            "--coordinator HOST:PORT --process-count N --process I"
        ) from error
    finally:
        late.cancel()


def _give_up(coordinator: str | None, process_count: int | None, seconds: int) -> None:
    """End this process from beside the thread that waits: nothing else ends JAX's waiting."""
    who = f"all {process_count} processes" if process_count else "all processes"
    print(
        f"error: not {who} of this run came to {coordinator or 'their meeting'} in {seconds} s: "
        "start every one, with the same --coordinator and its own --process, or give more "
        "--wait-seconds",
        file=sys.stderr,
        flush=True,
    )
    os._exit(2)


def is_first_host() -> bool:
    """Whether this process writes the run's records."""
    return jax.process_index() == 0


def map_step(
    step: Callable[..., Tree], batch_axes: Any = 0, *, frozen: bool = False
) -> jax.stages.Wrapped:
    """`step(key, state, batch, *, axis_name)` over all devices of all hosts.

    The mapped step takes the state replicated and, where `batch_axes` says 0, this host's slice of
    the batch with a leading axis of local devices (`local_slice`). With `frozen` it takes
    `Gan.frozen` as a fourth argument, replicated. Its results are the same on every device and
    come back once. The state passed in is used up.
    """
    # With several processes pmap wraps the buffers it is given, and donating those deletes the
    # arrays that it hands back (JAX 0.10).
    donate = (1,) if jax.process_count() == 1 else ()

    def mapped(key: jax.Array, state: Tree, batch: Tree, *looked_through: Tree) -> Tree:
        beside = {"frozen": looked_through[0]} if looked_through else {}
        return step(key, state, batch, axis_name=AXIS, **beside)

    return jax.pmap(
        mapped,
        axis_name=AXIS,
        in_axes=(None, None, batch_axes, *((None,) if frozen else ())),
        out_axes=None,
        donate_argnums=donate,
    )


def local_slice(x: np.ndarray, axis: int) -> np.ndarray:
    """This host's slice of a global batch whose examples lie along `axis`.

    [..., B, ...] -> [local devices, ..., B / devices, ...]; device i of all holds the i-th slice.
    """
    devices = jax.device_count()
    slices = np.stack(np.split(x, devices, axis=axis))
    first = jax.process_index() * jax.local_device_count()
    return slices[first : first + jax.local_device_count()]


def replicate(tree: Tree) -> Tree:
    """Put a copy of every leaf on every local device."""
    return jax.device_put(tree, NamedSharding(_mesh(jax.local_devices()), PartitionSpec()))


def to_global(tree: Tree) -> Tree:
    """A replicated tree of this host as arrays that span all hosts, as checkpoints hold them."""
    if jax.process_count() == 1:
        return tree
    return multihost_utils.host_local_array_to_global_array(
        tree, _mesh(jax.devices()), PartitionSpec()
    )


def to_local(tree: Tree) -> Tree:
    """The inverse of `to_global`."""
    if jax.process_count() == 1:
        return tree
    return multihost_utils.global_array_to_host_local_array(
        tree, _mesh(jax.devices()), PartitionSpec()
    )


def agree(value: int) -> int:
    """The largest of the values that the hosts give: every host must call it."""
    if jax.process_count() == 1:
        return value
    return int(np.max(multihost_utils.process_allgather(np.asarray(value))))


def _mesh(devices: list[jax.Device]) -> Mesh:
    return Mesh(np.asarray(devices), (AXIS,))
