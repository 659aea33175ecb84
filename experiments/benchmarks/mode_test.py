"""Modes found and kept, per loss, on a ring of 8 and a grid of 25 Gaussians, over several seeds.

    python experiments/benchmarks/mode_test.py --quick --out experiments/benchmarks/mode_test.json

The protocol is PacGAN's (Lin et al. 2018, arXiv:1712.04086, section 4.1): 100,000 training points,
batch 100, two latent numbers, a generator of 4 layers of 400 with batch norm, a discriminator of 3
layers of 200 maxout units with 5 pieces, Adam at 1e-4 with beta1 0.8, 400,000 updates, and 2,500
samples at the end. --quick has networks of a quarter of the width, 5,000 updates, and Adam at
5e-4: its figures compare losses with each other, not with the paper's.
"""

import argparse
import dataclasses
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import jax
import numpy as np
from jax import lax

import jaxgan
from jaxgan.losses import (
    Hinge,
    LeastSquares,
    NonSaturating,
    RelativisticPaired,
    Saturating,
    Wasserstein,
)
from jaxgan.metrics import count_modes, grid_of_modes, ring_of_modes
from jaxgan.networks import MLPDiscriminator, MLPGenerator
from jaxgan.optimizers import Adam
from jaxgan.penalties import R1, R1R2, GradientPenalty

POINTS, SAMPLES = 100_000, 2_500
MIXTURES = {"ring": ring_of_modes(), "grid": grid_of_modes()}
LOSSES = {
    "saturating": {"loss": Saturating()},
    "non-saturating": {"loss": NonSaturating()},
    "non-saturating, packs of 2": {"loss": NonSaturating(), "packing": 2},
    "non-saturating + R1": {"loss": NonSaturating(), "penalty": (R1(gamma=1.0),)},
    "least squares": {"loss": LeastSquares()},
    "hinge": {"loss": Hinge()},
    "Wasserstein + gradient penalty": {"loss": Wasserstein(), "penalty": (GradientPenalty(),)},
    "relativistic + R1 + R2": {"loss": RelativisticPaired(), "penalty": (R1R2(gamma=1.0),)},
}


def base_config(quick: bool) -> jaxgan.Config:
    width, rate = (100, 5e-4) if quick else (400, 1e-4)
    adam = Adam(learning_rate=rate, beta1=0.8)
    return jaxgan.Config(
        steps=5_000 if quick else 400_000,
        batch_size=100,
        n_critic=1,
        latent_size=2,
        generator=MLPGenerator(width=width, depth=4, output="linear"),
        discriminator=MLPDiscriminator(width=width // 2, depth=3, maxout=5),
        generator_optimizer=adam,
        discriminator_optimizer=adam,
    )


def trainer_of(config: jaxgan.Config) -> Callable[[jax.Array, int], jax.Array]:
    """`(points [N, 2], seed) -> samples [SAMPLES, 2]` after a whole run, compiled once."""
    gan = jaxgan.build(config, (1, 1, 2))
    batches = 2 if config.uses_real_for_generator else 1

    @jax.jit
    def train(points: jax.Array, seed: int) -> jax.Array:
        key_init, key_data, key_run, key_sample = jax.random.split(jax.random.key(seed), 4)

        def body(i: jax.Array, state: jaxgan.GanState) -> jaxgan.GanState:
            shape = (batches, config.batch_size)
            rows = jax.random.randint(jax.random.fold_in(key_data, i), shape, 0, len(points))
            batch = {"image": points[rows].reshape(*shape, 1, 1, 2)}
            return jaxgan.update(gan, config, key_run, state, batch)[0]

        state = lax.fori_loop(0, config.steps, body, gan.init(key_init))
        return gan.sample(key_sample, state, SAMPLES).reshape(SAMPLES, 2)

    return train


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="a quarter of the width, less updates")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--out", type=Path, help="JSON file to write")
    options = parser.parse_args()
    points = {name: m.draw(np.random.default_rng(0), POINTS) for name, m in MIXTURES.items()}
    base, rows = base_config(options.quick), []
    for name, parts in LOSSES.items():
        train = trainer_of(dataclasses.replace(base, **parts))
        for mixture, modes in MIXTURES.items():
            start, runs = time.monotonic(), []
            for seed in range(options.seeds):
                samples = np.asarray(train(points[mixture], seed))
                finite = bool(np.all(np.isfinite(samples)))
                runs.append(count_modes(samples, modes)._asdict() if finite else None)
            rows.append({"loss": name, "mixture": mixture, "runs": runs})
            seconds = (time.monotonic() - start) / options.seeds
            print(f"{line(rows[-1], len(modes.centres))} | {seconds:.0f} s |", flush=True)
            if options.out:
                record = {"config": jaxgan.config_to_json(base), "jax": jax.__version__}
                options.out.write_text(json.dumps({**record, "rows": rows}, indent=1) + "\n")


def line(row: dict, modes: int) -> str:
    """One row of the table: mean and standard deviation over the runs that did not diverge."""
    runs = [run for run in row["runs"] if run]

    def spread(field: str, scale: float, digits: int) -> str:
        values = [scale * run[field] for run in runs]
        deviation = statistics.stdev(values) if len(values) > 1 else 0.0
        return f"{statistics.mean(values):.{digits}f} ± {deviation:.{digits}f}" if values else "-"

    return (
        f"| {row['loss']} | {row['mixture']} | {spread('modes', 1, 1)} of {modes} | "
        f"{spread('high_quality', 100, 1)} % | {spread('reverse_kl', 1, 2)} | "
        f"{len(row['runs']) - len(runs)}"
    )


if __name__ == "__main__":
    main()
