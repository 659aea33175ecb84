"""R1 and R2 by differences against the exact form: error and speed on `r3gan --quick`'s
discriminator.

    python experiments/benchmarks/penalty_forms.py --out FILE

The error is of ‖∇D‖² over one batch of noise images, at first values with every zero of the blocks
replaced by small numbers: the mean over draws against the exact value (bias), and the deviation of
one draw's batch mean from it (noise), both as shares. The time is of one gradient of the penalty in
the discriminator's parameters.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

from jaxgan.experiments.r3gan import QUICK
from jaxgan.penalties import R1R2
from jaxgan.types import NetworkSetting, Tree, Variables

DISTANCES = (0.001, 0.01, 0.1)
SHAPE = (28, 28, 1)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--draws", type=int, default=64)
    parser.add_argument("--turns", type=int, default=9)
    parser.add_argument("--out", type=Path, help="JSON file to write")
    options = parser.parse_args()
    network = QUICK.discriminator.build(NetworkSetting(SHAPE))
    rng = np.random.default_rng(0)
    params = jax.tree.map(
        lambda leaf: leaf + 0.05 * rng.normal(size=leaf.shape).astype(np.float32),
        jax.jit(network.init)(jax.random.key(0)).params,
    )
    real, fake = jnp.asarray(rng.uniform(-1, 1, (2, QUICK.batch_size, *SHAPE)), jnp.float32)

    def value(params: Tree, key: jax.Array, penalty: R1R2) -> jax.Array:
        def discriminate(images: jax.Array) -> jax.Array:
            return network.apply(key, Variables(params, {}), images, train=True)[0].score

        return jnp.mean(penalty(key, discriminate, real, fake))

    forms = {"exact": R1R2(1.0)} | {
        f"difference {e}": R1R2(1.0, form="difference", distance=e) for e in DISTANCES
    }
    keys, record = jax.random.split(jax.random.key(1), options.draws), {}
    exact = float(jax.jit(lambda p: value(p, keys[0], forms["exact"]))(params))
    for name, penalty in forms.items():
        if name == "exact":
            continue
        drawn = jax.jit(lambda p, k, penalty=penalty: value(p, k, penalty))
        values = np.array([drawn(params, key) for key in keys]) / exact - 1
        record[name] = {"bias": values.mean(), "noise": values.std()}
    gradients = {
        name: jax.jit(jax.grad(lambda p, penalty=forms[name]: value(p, keys[0], penalty)))
        for name in ("exact", "difference 0.01")
    }
    times: dict[str, list[float]] = {name: [] for name in gradients}
    for turn in range(options.turns + 1):
        for name, gradient in gradients.items():
            start = time.perf_counter()
            jax.block_until_ready(gradient(params))
            if turn:  # the first compiles
                times[name].append(1e3 * (time.perf_counter() - start))
    medians = {name: statistics.median(found) for name, found in times.items()}
    record["median_milliseconds"] = medians
    record["ratio"] = medians["exact"] / medians["difference 0.01"]
    record["cores"] = os.cpu_count()
    print(json.dumps(record, indent=2))
    if options.out:
        options.out.write_text(json.dumps(record, indent=2) + "\n")


if __name__ == "__main__":
    main()
