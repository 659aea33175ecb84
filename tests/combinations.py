"""Combinations of parts, drawn from all that there are by a fixed seed.

    python -m tests.combinations --out experiments/combinations.json

takes a step of each kind with every one of them, and writes down how that went. A stopped one goes
on where it was: what was tried stands in FILE.jsonl until all are fine. To try one again, delete
its line there.
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import json
import random
import time
from pathlib import Path

import jax
import jax.numpy as jnp

import jaxgan
from jaxgan.augment import ADA, BGC, DiffAugment, EarlyBlur, InstanceNoise
from jaxgan.config import Config
from jaxgan.errors import UserError
from jaxgan.losses import (
    Hinge,
    LeastSquares,
    NonSaturating,
    RelativisticPaired,
    Saturating,
    Wasserstein,
)
from jaxgan.networks import (
    DCGANDiscriminator,
    DCGANGenerator,
    MLPDiscriminator,
    MLPGenerator,
    PatchDiscriminator,
    R3GANDiscriminator,
    R3GANGenerator,
    RecurrentGenerator,
    ResidualDiscriminator,
    ResidualGenerator,
    StyleGAN2Discriminator,
    StyleGAN2Generator,
    UNetDiscriminator,
    VanillaDiscriminator,
    VanillaGenerator,
)
from jaxgan.optimizers import Adam, RMSProp
from jaxgan.penalties import DRAGAN, R1, R1R2, R2, GradientPenalty, PathLength
from jaxgan.schedules import Cosine, Linear
from jaxgan.sharpness import FeatureMatching, FocalFrequency, Spectral
from tests.tiny import narrow

COUNT, SEED = 480, 12  # a seed with which all pairs of values occur
NORMS = ("none", "batch", "layer", "instance", "group", "spectral")
DIMENSIONS = {
    "generator": (
        DCGANGenerator, MLPGenerator, R3GANGenerator, RecurrentGenerator, ResidualGenerator,
        StyleGAN2Generator, VanillaGenerator,
    ),
    "discriminator": (
        DCGANDiscriminator, MLPDiscriminator, PatchDiscriminator, R3GANDiscriminator,
        ResidualDiscriminator, StyleGAN2Discriminator, UNetDiscriminator, VanillaDiscriminator,
    ),
    "loss": (
        Wasserstein(), NonSaturating(), Saturating(label_smoothing=0.1), Hinge(), LeastSquares(),
        RelativisticPaired(),
    ),
    "penalty": (
        *[()] * 3, (GradientPenalty(),), (DRAGAN(),), (R1(),), (R2(interval=2),), (R1R2(),),
    ),
    "conditioning": (
        ("none", "none"), ("concat", "concat"), ("concat", "projection"), ("norm", "projection"),
        ("norm", "auxiliary"),
    ),
    "generator_norm": NORMS,
    "discriminator_norm": NORMS,
    # None more often than not, where a part takes long to compile.
    "augment": (*[None] * 4, DiffAugment(), BGC(Linear(0.0, 0.9), cutout=1.0), ADA(interval=2)),
    "softening": (*[None] * 4, InstanceNoise(), EarlyBlur(sigma=1.0)),
    "sharpness": (*[()] * 7, (FeatureMatching(),), (FocalFrequency(),), (Spectral(),)),
    "generator_penalty": (*[()] * 7, (PathLength(interval=1),)),
    "upsampling": ("sub_pixel", "nearest", "bilinear", "fir"),
    "dropout": (0.0, 0.0, 0.3),
    "packing": (1, 2),
    "minibatch_deviation": (0, 2),
    "optimizer": (
        Adam(),
        RMSProp(Cosine(5e-5, 0.0)),
        Adam(Linear(2e-4, 0.0), beta2=Cosine(0.9, 0.99, 40)),
    ),
    "ema": (0.0, 100.0),
    "precision": ("float32", "bfloat16"),
}  # fmt: skip
SHAPE, CLASSES, BATCH = (8, 8, 1), 3, 8


def config_of(choice: dict[str, object]) -> Config:
    """The tiny config of a combination; raises UserError where it makes no sense."""
    in_g, in_d = choice["conditioning"]
    generator = _network(
        choice["generator"],
        norm=choice["generator_norm"],
        dropout=choice["dropout"],
        conditioning=in_g,
        upsampling=choice["upsampling"],
    )
    # Norms over two features make ±1 of any image: dense layers get a few more.
    dense = {"width": 8} if choice["discriminator"] is MLPDiscriminator else {}
    discriminator = _network(
        choice["discriminator"],
        norm=choice["discriminator_norm"],
        dropout=choice["dropout"],
        conditioning=in_d,
        minibatch_deviation=choice["minibatch_deviation"],
        **dense,
    )
    same = ("loss", "penalty", "augment", "softening", "sharpness", "generator_penalty")
    return Config(
        batch_size=BATCH,
        latent_size=6,
        classes=CLASSES,
        steps=10,
        generator=generator,
        discriminator=discriminator,
        generator_optimizer=choice["optimizer"],
        discriminator_optimizer=choice["optimizer"],
        ema_half_life=choice["ema"],
        ema_ramp_up=0.05 if choice["ema"] else 0.0,
        **{name: choice[name] for name in (*same, "packing", "precision")},
    )


def _network(part: type, **values: object) -> object:
    """A small network with those of the values that it has a field for."""
    fields = {field.name for field in dataclasses.fields(part)}
    return part(**{**narrow(part), **{k: v for k, v in values.items() if k in fields}})


def draw() -> tuple[list[dict[str, object]], dict[str, int]]:
    """`COUNT` combinations that make sense, and how often each reason refused another."""
    rng, combinations, refusals = random.Random(SEED), [], {}
    while len(combinations) < COUNT:
        choice = {name: rng.choice(values) for name, values in DIMENSIONS.items()}
        try:
            config_of(choice)
        except UserError as error:
            reason = str(error).split(":")[0]
            refusals[reason] = refusals.get(reason, 0) + 1
        else:
            combinations.append(choice)
    return combinations, refusals


def described(choice: dict[str, object]) -> dict[str, str]:
    return {k: getattr(v, "__name__", None) or str(v) for k, v in choice.items()}


def steps_are_finite(choice: dict[str, object]) -> bool:
    """Whether a step of each kind moves its network and leaves nothing that is not finite."""
    gan = jaxgan.build(config_of(choice), SHAPE)
    # This generator compiles in half the time of the default one.
    key_init, key_image, key_d, key_g = jax.random.split(jax.random.key(0, impl="rbg"), 4)
    batch = {
        "image": jax.random.uniform(key_image, (BATCH, *SHAPE), minval=-1.0),
        "label": jnp.arange(BATCH, dtype=jnp.int32) % CLASSES,
    }

    def both(state):
        state, info_d = gan.discriminator_step(key_d, state, batch)
        state, info_g = gan.generator_step(key_g, state, batch)
        return state, info_d, info_g

    results = jax.jit(both)(jax.jit(gan.init)(key_init))
    moved = results[1].gradient_norm > 0, results[2].gradient_norm > 0
    finite = [jnp.all(jnp.isfinite(leaf)) for leaf in jax.tree.leaves(results)]
    return bool(jnp.all(jnp.stack([*finite, *moved])))


def pairs(combinations: list[dict[str, object]]) -> set[tuple[str, str, str, str]]:
    """Every two values of two dimensions that occur together."""
    found = set()
    for choice in map(described, combinations):
        for (a, x), (b, y) in itertools.combinations(sorted(choice.items()), 2):
            found.add((a, x, b, y))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True, help="JSON file to write")
    options = parser.parse_args()
    combinations, refusals = draw()
    lines = options.out.with_suffix(".jsonl")
    done = tried(lines)
    for number, choice in enumerate(combinations):
        if number in done:
            continue
        start = time.monotonic()
        fine = steps_are_finite(choice)
        jax.clear_caches()  # each is compiled once and never again
        row = {"number": number, "fine": fine, "seconds": round(time.monotonic() - start, 1)}
        with lines.open("a") as file:
            file.write(json.dumps(row) + "\n")
        print(json.dumps(row), flush=True)
    rows = tried(lines).values()
    failed = [row["number"] for row in rows if not row["fine"]]
    record = {
        "combinations": len(rows),
        "finite_and_moving": len(rows) - len(failed),
        "failed": [{"number": number, **described(combinations[number])} for number in failed],
        "pairs_of_values": len(pairs(combinations)),
        "refused": refusals,
        "seconds": round(sum(row["seconds"] for row in rows)),
        "jax": jax.__version__,
    }
    options.out.write_text(json.dumps(record, indent=2) + "\n")
    if not failed:
        lines.unlink()
    print(json.dumps({k: v for k, v in record.items() if k != "failed"}, indent=2))


def tried(lines: Path) -> dict[int, dict]:
    """The combinations that were tried before, by number; the last try of each counts."""
    rows = map(json.loads, lines.read_text().splitlines() if lines.exists() else ())
    return {row["number"]: row for row in rows}


if __name__ == "__main__":
    main()
