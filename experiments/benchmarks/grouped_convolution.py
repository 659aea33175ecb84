"""Forms of the grouped 3x3 convolution: one forward call, and a penalised gradient as R1 has it.

    python experiments/benchmarks/grouped_convolution.py --out FILE

Groups of 16 channels, 32 images, in a `fori_loop` under jit, as in a run. `rows` is what the
library does on CPUs: three neighbours times three rows at once, with groups as the batch of the
product, channels first and images last; `patches` makes patches of nine pixels instead; `dense` is
a dense convolution whose kernel is zero between groups; `native` is XLA's own, which is not timed
at 384 channels or from 16 pixels on: it takes seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from jaxgan.networks.layers.convolution import convolution
from jaxgan.networks.layers.grouped import grouped_convolution, turned

GROUP, BATCH = 16, 32
CASES = [(128, 8), (128, 16), (128, 32), (384, 8), (384, 16)]
Form = Callable[[jax.Array, jax.Array], jax.Array]


def patches(x: jax.Array, kernel: jax.Array) -> jax.Array:
    batch, height, width, channels = x.shape
    groups = channels // GROUP
    x = x.reshape(batch, height, width, groups, GROUP).transpose(3, 0, 1, 2, 4)
    x = jnp.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1), (0, 0)))
    windows = [x[:, :, i : i + height, j : j + width] for i in range(3) for j in range(3)]
    taps = kernel.reshape(groups, -1, 9 * GROUP)
    y = lax.dot_general(jnp.concatenate(windows, -1), taps, (((4,), (2,)), ((0,), (0,))))
    return y.transpose(1, 2, 3, 0, 4).reshape(batch, height, width, -1)


def dense(x: jax.Array, kernel: jax.Array) -> jax.Array:
    groups = x.shape[-1] // GROUP
    own = kernel.reshape(groups, -1, 3, 3, 1, GROUP)
    whole = own * jnp.eye(groups)[:, None, None, None, :, None]
    whole = whole.reshape(-1, 3, 3, x.shape[-1])
    return convolution(x, whole, stride=1, padding=1, form="patches")


FORMS: dict[str, Form] = {
    "rows": partial(grouped_convolution, form="patches"),
    "patches": patches,
    "dense": dense,
    "native": partial(grouped_convolution, form="native"),
}


def loops(form: Form, x: jax.Array, kernel: jax.Array) -> dict[str, Callable[[int], jax.Array]]:
    """What is timed, as functions of a number of turns."""

    def score(x: jax.Array, kernel: jax.Array) -> jax.Array:
        return jnp.sum(jnp.tanh(form(x, kernel)))

    def penalized(kernel: jax.Array) -> jax.Array:
        value, slope = jax.value_and_grad(score)(x, kernel)
        return value + jnp.sum(jnp.square(slope))

    def descend(_: int, kernel: jax.Array) -> jax.Array:
        return kernel - 1e-7 * jax.grad(penalized)(kernel)

    def forward(_: int, x: jax.Array) -> jax.Array:
        return form(x, kernel)

    return {
        "forward": jax.jit(lambda turns: lax.fori_loop(0, turns, forward, x)),
        "penalized": jax.jit(lambda turns: lax.fori_loop(0, turns, descend, kernel)),
    }


def milliseconds(loop: Callable[[int], jax.Array], turns: int) -> float:
    loop(1).block_until_ready()
    times = []
    for _ in range(5):
        start = time.perf_counter()
        loop(turns).block_until_ready()
        times.append(1e3 * (time.perf_counter() - start) / turns)
    return statistics.median(times)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--out", type=Path, help="JSON file to write")
    options = parser.parse_args()
    rows, rng = [], np.random.default_rng(0)
    for channels, size in CASES:
        x = jnp.asarray(rng.normal(size=(BATCH, size, size, channels)), jnp.float32)
        kernel = jnp.asarray(rng.normal(size=(channels, 3, 3, GROUP)) / 12, jnp.float32)
        for name, form in FORMS.items():
            if name == "native" and (channels, size) != CASES[0]:
                continue
            timed = loops(form, turned(x, "patches") if name == "rows" else x, kernel)
            found = {kind: milliseconds(loop, options.turns) for kind, loop in timed.items()}
            rows.append({"channels": channels, "size": size, "form": name, **found})
            print(rows[-1], flush=True)
    if options.out:
        record = {"cores": os.cpu_count(), "jax": jax.__version__, "median_milliseconds": rows}
        options.out.write_text(json.dumps(record, indent=2) + "\n")


if __name__ == "__main__":
    main()
