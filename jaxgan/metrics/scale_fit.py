"""Pictures enlarged by a factor z: what a resampler makes of a power spectrum, fitted to fakes.

Fakes may lack fine detail because they are pictures enlarged, not blurred ones: a generator that
upsamples its last layer, or samples that were resized on their way. The content at the frequency f
was at z f before, and what the old grid could not hold is missing, but for what the interpolating
kernel lets through of the mirrored spectra. With H the kernel's transfer along an axis,

    S_f(f) = g² <S_r(|u - round(u)|) H(u_x)² H(u_y)²> + t²,    u = z f (cos a, sin a),

averaged over the directions a, for pictures whose spectrum has no direction. Pictures enlarged so
end in a cliff, and a Gaussian in a slope; that tells them apart (`rather_enlarged`), except where
the kernel itself is near to a Gaussian: linear interpolation by little is a blur, and by 2 or 3,
where what the new grid folds adds to what it holds, it fits no better. Repeated pixels are none of
the kernels; their edges are blocks.

On images of 32 pixels the window smears the cliff, and most enlarged pictures pass for blurred.

What it cannot do: see pictures whose real detail is of another scale, such as photographs taken
from nearer. Spectra of photographs are near to power laws, which a scale leaves as they are.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy.optimize import least_squares
from scipy.special import expit

from jaxgan.metrics.blur_fit import (
    EIGHT_BIT_POWER,
    SOFT_L1_SCALE,
    BlurFit,
    observed_power,
    powers,
    used_bins,
)
from jaxgan.metrics.spectrum import frequencies

__all__ = ["ScaleFit", "fit_scale", "rather_enlarged"]

SCALES = np.linspace(1.0, 4.0, 121)  # at which spectra are known; straight lines between
STARTS = (1.1, 1.3, 1.7, 2.4, 3.4)
DIRECTIONS = 24  # over an eighth of the circle
LEAST_TRANSFER = 1e-6  # of a kernel's power: what 8 bits cannot hold
LEAST_SCALE = 1.05  # nearer to 1, nothing is enlarged
CLEARLY_BETTER = 0.7  # of the Gaussian's misfit

Array = np.ndarray


class ScaleFit(NamedTuple):
    """What `fit_scale` finds."""

    scale: float  # z, 1 … 4: 1.25 for pictures of 4 pixels drawn over 5
    kernel: str  # "lanczos" (a = 3), "bicubic" (a = -1/2) or "bilinear", as Pillow has them
    noise: float  # t, standard deviation of white noise, pixels in [0, 1]
    contrast: float  # g, of fakes over real
    misfit: float  # root mean square residual of the log power, nepers; as BlurFit's


def fit_scale(real_spectrum: Array, fake_spectrum: Array, side: int) -> ScaleFit:
    """The best scale and kernel for mean radial spectra [bins] of images `side` pixels wide.

    Over the bins, and with the loss, of `blur_fit.fit_blur`, whose misfit it compares with. Takes
    0.3 s. Raises ValueError as `fit_blur` does for spectra.
    """
    power = np.asarray(real_spectrum, np.float64)
    powers(power, side, "real spectrum")  # refuses
    observed = observed_power(fake_spectrum, side)
    fits = [_fit(_enlarged(power, side, name), observed, name) for name in KERNELS]
    return min(fits, key=lambda pair: pair[0])[1]


def rather_enlarged(blur: BlurFit, scale: ScaleFit) -> bool:
    """Whether enlarging explains the fakes clearly better than a Gaussian does: then say so.

    The misfit is below 0.7 of the Gaussian's, and the scale above 1.05.
    """
    return scale.scale > LEAST_SCALE and scale.misfit < CLEARLY_BETTER * blur.misfit


def _fit(log_power: Array, observed: Array, kernel: str) -> tuple[float, ScaleFit]:
    """The best from some starts: its cost, and what it says."""

    slopes = np.diff(log_power, axis=0) / (SCALES[1] - SCALES[0])

    def picture(x: Array) -> tuple[Array, Array]:
        low = min(int((x[1] - SCALES[0]) / (SCALES[1] - SCALES[0])), len(slopes) - 1)
        return x[0] + log_power[low] + (x[1] - SCALES[low]) * slopes[low], slopes[low]

    def residual(x: Array) -> Array:
        return np.logaddexp(picture(x)[0], x[2]) - observed

    def jacobian(x: Array) -> Array:
        value, slope = picture(x)
        share = expit(value - x[2])
        return np.stack([share, share * slope, 1 - share], axis=1)

    floor = math.log(EIGHT_BIT_POWER)
    lower, upper = np.array([-14.0, SCALES[0], floor]), np.array([7.0, SCALES[-1], 0.0])
    tried = []
    for scale in STARTS:
        for noise in (floor + 0.1, observed.min() - 0.1):
            start = np.array([0.0, scale, noise])
            start[0] = -np.median(residual(np.array([0.0, scale, floor]))[:6])
            tried.append(least_squares(
                residual, np.clip(start, lower + 1e-6, upper - 1e-6), jacobian, (lower, upper),
                loss="soft_l1", f_scale=SOFT_L1_SCALE, x_scale="jac", max_nfev=60,
            ))  # fmt: skip
    best = min(tried, key=lambda found: found.cost)
    gain, scale, power = (float(value) for value in best.x)
    noise = math.sqrt(max(math.exp(power) - EIGHT_BIT_POWER, 0.0))
    misfit = float(np.sqrt(np.mean(best.fun**2)))
    return float(best.cost), ScaleFit(scale, kernel, noise, math.exp(gain / 2), misfit)


def _enlarged(power: Array, side: int, kernel: str) -> Array:
    """Log power of real images enlarged by each of SCALES: float64 [scales, used bins]."""
    frequency = frequencies(side)
    angle = (np.arange(DIRECTIONS) + 0.5) / DIRECTIONS * np.pi / 4
    along = np.stack([np.cos(angle), np.sin(angle)])
    u = SCALES[:, None, None, None] * frequency[used_bins(side)][None, :, None, None] * along.T
    folded = np.hypot(*np.moveaxis(u - np.rint(u), -1, 0))
    known = np.log(np.maximum(power, EIGHT_BIT_POWER / 1000))
    # From bin 1 on: the lowest has the images' brightness, and the window's lobe, in it.
    log_frequency = np.log(np.maximum(folded, frequency[1]))
    before = np.exp(np.interp(log_frequency, np.log(frequency[1:]), known[1:]))
    transfer = np.maximum(np.prod(_transfer(kernel)(np.abs(u)), axis=-1) ** 2, LEAST_TRANSFER)
    return np.log(np.mean(before * transfer, axis=2))


@lru_cache
def _transfer(kernel: str) -> Callable[[Array], Array]:
    """The kernel's Fourier transform, 1 at 0, by a table over 0 … 2 cycles per old pixel."""
    shape, reach = KERNELS[kernel]
    x = (np.arange(2000) + 0.5) / 2000 * reach
    at = np.linspace(0.0, 2.0, 401)
    table = np.cos(2 * np.pi * at[:, None] * x) @ shape(x)
    table /= table[0]
    return lambda u: np.interp(u, at, table)


def _cubic(x: Array) -> Array:
    """Keys's (1981) kernel of a = -1/2, for x from 0 to 2."""
    return np.where(x < 1, 1.5 * x**3 - 2.5 * x**2 + 1, -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2)


KERNELS: dict[str, tuple[Callable[[Array], Array], float]] = {
    "lanczos": (lambda x: np.sinc(x) * np.sinc(x / 3), 3.0),
    "bicubic": (_cubic, 2.0),
    "bilinear": (lambda x: 1 - x, 1.0),
}
"""Each kernel's shape, and the old pixels it reaches to either side."""
