"""The jaxgan side of update_speed.py: a process that does updates when told to.

Reads numbers of updates from standard input; answers each with the seconds they took, and at the
end of the input with its peak memory in MiB.
"""

import json
import resource
import sys
import time

import jax
import numpy as np

from jaxgan.data.images import ImageSet
from jaxgan.experiments import wgan_gp
from jaxgan.training.environment import use_deterministic_flags
from jaxgan.training.machine import compile_program, initial_state, prepare

EXAMPLES = 10_000


def main() -> None:
    use_deterministic_flags()
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (EXAMPLES, 28, 28, 1), dtype=np.uint8)
    shape = (28, 28, 1)
    images = ImageSet("noise", EXAMPLES, shape, (), lambda i: {"image": pixels[i]}, "")
    machine = prepare(wgan_gp.CONFIG, images, resident_bytes=2**30)
    state, step = initial_state(machine), 0
    start = time.perf_counter()
    state = compile_program(machine, state, step)
    compile_seconds = time.perf_counter() - start

    def updates(count: int) -> float:
        nonlocal state, step
        start = time.perf_counter()
        state, infos = machine.program(machine.keys.updates, state, machine.feed(step, count))
        jax.block_until_ready((state, infos))
        step += count
        return time.perf_counter() - start

    for line in sys.stdin:
        print(json.dumps({"seconds": updates(int(line))}), flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    device = jax.devices()[0].device_kind
    print(json.dumps({"peak_mib": peak, "compile_seconds": compile_seconds, "device": device}))


if __name__ == "__main__":
    main()
