"""What a blur card says of faults that were planted: a table, one row a fault.

    python experiments/benchmarks/planted_faults.py --out experiments/benchmarks/planted_faults.md

1,200 real images against 500 others with the fault: grey crops of photographs, and CIFAR-10 for
faults of colour. Where a card is wrong, the table says so, too.
"""

import argparse
from pathlib import Path

import numpy as np
from pictures import pictures

from jaxgan.metrics import planting, tenengrad
from jaxgan.metrics.checks import as_file
from jaxgan.metrics.kernels import box, convolved
from jaxgan.report.inputs import CardInputs
from jaxgan.report.measure import judge
from tests.report import planted

REAL, FAKES = 1200, 500


def noised(images: np.ndarray, sigma: float, deviation: float) -> np.ndarray:
    return planting.noised(planting.blurred(images, sigma), deviation, np.random.default_rng(1))


def several(many: np.ndarray, count: int) -> np.ndarray:
    rng = np.random.default_rng(2)
    return np.mean([many[rng.permutation(len(many))[:FAKES]] for _ in range(count)], axis=0)


def smoothest(many: np.ndarray, share: float) -> np.ndarray:
    kept = np.argsort(tenengrad(many))[: int(share * len(many))]
    return many[np.random.default_rng(3).permutation(kept)[:FAKES]]


def components(real: np.ndarray, images: np.ndarray, count: int) -> np.ndarray:
    rows = real.reshape(len(real), -1)
    middle = rows.mean(axis=0)
    kept = np.linalg.svd(rows - middle, full_matrices=False)[2][:count]
    return (middle + (images.reshape(len(images), -1) - middle) @ kept.T @ kept).reshape(
        images.shape
    )


GREY = {
    "nothing": lambda x, many, real: x,
    "half blurred by 2 px": lambda x, many, real: planted.some_blurred(x, 0.5, 2.0),
    "a tenth blurred by 2 px": lambda x, many, real: planted.some_blurred(x, 0.1, 2.0),
    "30 % blurred by 1 px": lambda x, many, real: planted.some_blurred(x, 0.3, 1.0),
    "left half blurred by 2 px": lambda x, many, real: planted.soft_where(
        x, planted.left_half(x.shape[1]), 2.0
    ),
    "border of 8 px blurred by 2 px": lambda x, many, real: planted.soft_where(
        x, planted.border(x.shape[1], 8), 2.0
    ),
    "means of 4 photographs": lambda x, many, real: several(many, 4),
    "contrast 0.5": lambda x, many, real: planting.contrasted(x, 0.5),
    "blur 1 px, noise 0.1": lambda x, many, real: noised(x, 1.0, 0.1),
    "blur 0.5 px, noise 0.05": lambda x, many, real: noised(x, 0.5, 0.05),
    "blur 0.3 px": lambda x, many, real: planting.blurred(x, 0.3),
    "the smoothest 70 %": lambda x, many, real: smoothest(many, 0.7),
    "the smoothest 50 %": lambda x, many, real: smoothest(many, 0.5),
    "enlarged by 1.25": lambda x, many, real: planted.magnified(x),
    "bilateral filter": lambda x, many, real: planted.denoised(x),
    "16 principal components": lambda x, many, real: components(real, x, 16),
    "disc of radius 3": lambda x, many, real: planted.out_of_focus(x, 3.0),
    "box of 5": lambda x, many, real: convolved(x, box(5)),
    "motion of 9": lambda x, many, real: planted.moved(x, 9.0),
    "salt and pepper, 0.2 %": lambda x, many, real: planted.salted(x, 0.002),
    "8 grey levels": lambda x, many, real: np.rint(x * 7) / 7,
    "black border of 4 px": lambda x, many, real: planted.framed(x, 4),
}
COLOUR = {
    "chroma blurred by 1 px": lambda x, many, real: planted.coloured(
        x, lambda c: planting.blurred(c, 1.0)
    ),
    "chroma blurred by 4 px": lambda x, many, real: planted.coloured(
        x, lambda c: planting.blurred(c, 4.0)
    ),
    "saturation 0.4": lambda x, many, real: planted.coloured(x, lambda c: 0.4 * c),
    "grey": lambda x, many, real: planted.coloured(x, lambda c: 0.0 * c),
}
SHOWN = ("blur_radius", "half_height", "soft_end_radius", "softer_share", "noise", "contrast",
         "misfit")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, help="Markdown file to write")
    options = parser.parse_args()
    head = " | ".join(name.replace("_", " ") for name in SHOWN)
    lines = [f"| data | planted | verdict | {head} | why |", f"|{'---|' * (len(SHOWN) + 4)}"]
    for name, side, kinds in (("photographs", 64, GREY), ("cifar10", 32, COLOUR)):
        many = pictures(name, 4000, side)
        real, rest = many[:REAL], many[REAL:] / 255.0
        for kind, fault in kinds.items():
            faulty = as_file(fault(rest[:FAKES], rest, real / 255.0))
            judged = judge(CardInputs(kind, faulty, real))
            numbers = " | ".join(f"{judged.scores[score].value:.2f}" for score in SHOWN)
            lines.append(
                f"| {name} {side} | {kind} | {', '.join(judged.verdict.words)} | {numbers} | "
                f"{judged.verdict.reasons[0]} |"
            )
            print(lines[-1], flush=True)
            if options.out:
                options.out.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
