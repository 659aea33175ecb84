"""The jaxgan side of update_speed.py: a process that does updates when told to.

Reads numbers of updates from standard input; answers each with the seconds they took, and at the
end of the input with its peak memory in MiB.
"""

import argparse
import dataclasses
import importlib
import json
import resource
import sys
import time

import jax
import numpy as np

from jaxgan.config import Config
from jaxgan.data.images import ImageSet
from jaxgan.training.environment import use_deterministic_flags
from jaxgan.training.machine import compile_program, initial_state, prepare
from jaxgan.training.resolved import resolve

EXAMPLES = 10_000
SHAPES = {
    "wgan_gp": (28, 28, 1),
    "dcgan": (32, 32, 3),
    "sngan": (32, 32, 3),
    "stylegan2": (64, 64, 3),
    "r3gan": (32, 32, 3),
}


def config_of(variant: str, batch: int | None) -> Config:
    """The config that torch_update.py has the networks of."""
    experiment = importlib.import_module(f"jaxgan.experiments.{variant}")
    config = experiment.CONFIG
    if variant == "stylegan2":
        config = experiment.preset("auto", SHAPES[variant][0])
        # Shards of four images, as many as a minibatch deviation looks at.
        config = dataclasses.replace(config, shards=(batch or config.batch_size) // 4)
    if variant == "r3gan":
        parts = {  # a quarter of the width, without labels
            role: dataclasses.replace(getattr(config, role), channel_max=192, conditioning="none")
            for role in ("generator", "discriminator")
        }
        config = dataclasses.replace(config, **parts, batch_size=32, shards=4, augment=None)
    return dataclasses.replace(
        config, image_size=None, channels=None, batch_size=batch or config.batch_size
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--variant", choices=list(SHAPES), default="wgan_gp")
    parser.add_argument("--batch-size", type=int)
    options = parser.parse_args()
    use_deterministic_flags()
    rng = np.random.default_rng(0)
    shape = SHAPES[options.variant]
    pixels = rng.integers(0, 256, (EXAMPLES, *shape), dtype=np.uint8)
    config = config_of(options.variant, options.batch_size)
    run = resolve(config, None, images=ImageSet.from_arrays(pixels, name="noise"))
    machine = prepare(run, resident_bytes=2**30)
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
