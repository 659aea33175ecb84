"""Pictures that are no photographs: 1/f noise, gratings, stars. Of known laws, without end."""

from __future__ import annotations

import numpy as np

__all__ = ["TEXTURES", "fractal", "gratings", "stars"]

Array = np.ndarray
STARS, SEEING = 25, 0.7  # mean number of stars in 32 x 32 pixels; their deviation in pixels


def fractal(count: int, side: int, rng: np.random.Generator, exponent: float = 1.0) -> Array:
    """Gaussian noise of amplitude f^-exponent, cut from fields of twice the side: [N, S, S, 1]."""
    frequency = np.hypot(np.fft.fftfreq(2 * side)[:, None], np.fft.rfftfreq(2 * side))
    amplitude = np.where(frequency > 0, np.maximum(frequency, 1e-9) ** -exponent, 0.0)
    white = np.fft.rfft2(rng.standard_normal((count, 2 * side, 2 * side)))
    field = np.fft.irfft2(white * amplitude, s=(2 * side, 2 * side))[:, :side, :side]
    # The law's own deviation, so that any two sets have the same.
    twice = np.where((np.arange(side + 1) > 0) & (np.arange(side + 1) < side), 2, 1)
    deviation = np.sqrt((amplitude**2 * twice).sum()) / (2 * side)
    return np.clip(0.5 + 0.15 * field / deviation, 0, 1)[..., None]


def gratings(count: int, side: int, rng: np.random.Generator) -> Array:
    """Sines of any direction and contrast, of periods of 4 to 32 pixels: [N, S, S, 1]."""
    rows, columns = np.mgrid[:side, :side]
    angle, phase = rng.uniform(0, np.pi, count), rng.uniform(0, 2 * np.pi, count)
    frequency = np.exp(rng.uniform(np.log(1 / 32), np.log(1 / 4), count))
    contrast = rng.uniform(0.2, 0.45, count)
    along = np.multiply.outer(np.cos(angle), columns) + np.multiply.outer(np.sin(angle), rows)
    wave = np.sin(2 * np.pi * frequency[:, None, None] * along + phase[:, None, None])
    return (0.5 + contrast[:, None, None] * wave)[..., None]


def stars(count: int, side: int, rng: np.random.Generator) -> Array:
    """Points of many brightnesses on a dark sky, as wide as the air makes them: [N, S, S, 1]."""
    pixels = np.arange(side)
    sky = np.full((count, side, side), 0.05)
    for image in sky:
        number = rng.poisson(STARS * (side / 32) ** 2)
        light = np.minimum(0.1 * rng.pareto(1.2, number) + 0.05, 1.5)
        spread = [
            np.exp(-((pixels - place[:, None]) ** 2) / (2 * SEEING**2))
            for place in rng.uniform(0, side, (2, number))
        ]
        image += np.einsum("n,ni,nj->ij", light, *spread)
    return np.clip(sky, 0, 1)[..., None]


TEXTURES = {
    "1/f noise": fractal,
    "1/f^1.5 noise": lambda count, side, rng: fractal(count, side, rng, 1.5),
    "gratings": gratings,
    "stars": stars,
}
