"""Sharpness and noise of single images: four scores without a reference, each float64 [N].

Taken alone, each is fooled. Noise raises the variance of the Laplacian and lowers Crete's blur, so
blurred samples with a little noise pass for sharp ones; contrast scales the first two. And their
absolute values mean nothing across data sets. Read them as ratios to the same data set's real
images, in both directions, and never a sharpness without the noise beside it.

All are taken on luma, and leave out the border, whose derivatives would need pixels outside.
`sharpness_scores` takes them together, for about 0.7 of what they cost one by one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from jaxgan.metrics.checks import by_pieces, checked, luma
from jaxgan.metrics.gradients import difference, neighbours, smoothed

__all__ = ["NOISE_FLOOR", "crete_blur", "median_noise", "sharpness_scores", "tenengrad",
           "variance_of_laplacian"]  # fmt: skip

Array = np.ndarray
DOWN, ALONG = -2, -1  # the axes of a plane
IMMERKAER_GAIN = 6.0  # noise of deviation t becomes 6 t: the root of the sum of the squares
NORMAL_MEDIAN = 0.6744897501960817  # of |x| for a standard normal x
LEAST_SLOPE = 2.0**-49  # of [1, 2, 1] x [-1, 0, 1]; keeps Crete's ratio defined on flat images

NOISE_FLOOR = 1 / (255 * math.sqrt(12))
"""Standard deviation of rounding to 8 bits, in grey levels of 0 … 1: the least noise of a file."""


def variance_of_laplacian(images: Array) -> Array:
    """Variance of the 4-neighbour Laplacian over each image [N, H, W, C]'s interior: float64 [N].

    In squared grey levels (of 0 … 1; of 0 … 255 it would be 65025 times larger). Falls steeply with
    blur. Scales with the square of the contrast; white noise of deviation t adds 20 t², whatever
    the image: it cannot tell noise from detail (Pech-Pacheco et al. 2000, ICPR).

    Raises ValueError for images that `checks.check_images` refuses, as do the other scores.
    """
    return by_pieces(lambda some: _laplacian(luma(some)), checked(images))


def tenengrad(images: Array) -> Array:
    """Mean squared Sobel gradient over each image [N, H, W, C]'s interior: float64 [N].

    In squared grey levels, of the unnormalised operator [1, 2, 1] x [-1, 0, 1], 8 times a slope per
    pixel. Falls with blur, less steeply than the Laplacian and with less trust in noise: t adds
    24 t². Scales with the square of the contrast (Krotkov 1987, IJCV 1).
    """
    return by_pieces(lambda some: _tenengrad(_slopes(luma(some))), checked(images))


def crete_blur(images: Array, window: int = 11) -> Array:
    """Share of the slopes that survive another blur: float64 [N], 0 (sharp) … 1 (blurred).

    Crete et al. 2007 (SPIE 6492, 64920I), with Sobel's slopes as in scikit-image: each image
    [N, H, W, C] is blurred once more by a running mean of `window` pixels along an axis, and the
    slopes it loses there are compared with all it had; the worse axis counts. What was blurred
    before loses little. Blind to contrast. Noise draws it towards what white noise reads, 0.13
    (0.25 with a window of 5), less than most images: it passes for sharpness, save on plain
    backgrounds, where a little of it may raise the score. An image that is plain along an axis, as
    stripes are, reads 1. Scores of different windows do not compare: 11 is scikit-image's, 5 suits
    images of 28 … 32 pixels.

    Raises ValueError, too, for a window that is not odd, or not from 3 to the shorter side.
    """
    images = checked(images)
    _check_window(window, min(images.shape[1:3]))
    return by_pieces(lambda some: _crete(_slopes(luma(some)), window), images)


def median_noise(images: Array) -> Array:
    """Standard deviation of white noise in each image [N, H, W, C]: float64 [N], in grey levels.

    Immerkaer's (1996, CVIU 64) difference of two Laplacians, which sees neither planes nor edges
    along the axes, in its median form: median |Y * N| / (6 · 0.67449). In its mean form, the
    edges that blur takes away would cancel the noise that comes with it. Where every colour has
    noise of its own, it reads that of luma, 0.750 times theirs.

    Fine texture, too, is taken for noise, so only a comparison with real images says which; lost
    contrast and blur lower it. Where more than half of an image is flat, as a digit's
    background, a clean image reads 0 and no ratio to it exists. Compare the median over a set, and
    no less than NOISE_FLOOR: below that, noise does not survive rounding. Single images say nothing
    there: blurred digits, whose slopes spill over the background, read up to 0.007 without noise.
    Black or white backgrounds clip half of the noise on them, and it then reads too low.
    """
    return by_pieces(lambda some: _noise(luma(some)), checked(images))


def sharpness_scores(images: Array, windows: Sequence[int] = (5, 11)) -> dict[str, Array]:
    """All of the above in one go over images [N, H, W, C]: name -> float64 [N].

    Names are those of the functions, and `crete_blur_5` for a window of 5. Raises ValueError as
    they do.
    """
    images = checked(images)
    for window in windows:
        _check_window(window, min(images.shape[1:3]))
    names = ["tenengrad", "variance_of_laplacian", "median_noise"]
    names += [f"crete_blur_{window}" for window in windows]

    def scores(some: Array) -> Array:
        planes = luma(some)
        slopes = _slopes(planes)
        found = [_tenengrad(slopes), _laplacian(planes), _noise(planes)]
        return np.stack(found + [_crete(slopes, window) for window in windows], axis=1)

    return dict(zip(names, by_pieces(scores, images).T.copy(), strict=True))


def _check_window(window: int, side: int) -> None:
    if window % 2 == 0 or not 3 <= window <= side:
        raise ValueError(f"window {window}: expected an odd number of pixels from 3 to {side}")


class _Slopes(NamedTuple):
    """What two scores are made of, along one axis of planes [n, H, W]."""

    axis: int
    smooth: Array  # [1, 2, 1] across the axis, without the outermost pixels there
    slope: Array  # Sobel's, unnormalised: [n, H - 2, W - 2]


def _slopes(planes: Array) -> tuple[_Slopes, _Slopes]:
    down, along = smoothed(planes, ALONG), smoothed(planes, DOWN)
    return (
        _Slopes(DOWN, down, difference(down, DOWN)),
        _Slopes(ALONG, along, difference(along, ALONG)),
    )


def _tenengrad(slopes: tuple[_Slopes, _Slopes]) -> Array:
    squares = [np.einsum("nij,nij->n", along.slope, along.slope) for along in slopes]
    return (squares[0] + squares[1]) / slopes[0].slope[0].size


def _laplacian(planes: Array) -> Array:
    laplacian = _bend(planes, DOWN)[..., 1:-1]
    laplacian += _bend(planes, ALONG)[..., 1:-1, :]
    return np.var(laplacian, axis=(1, 2))


def _noise(planes: Array) -> Array:
    response = _bend(_bend(planes, DOWN), ALONG)
    return _median(np.abs(response, out=response)) / (IMMERKAER_GAIN * NORMAL_MEDIAN)


def _bend(planes: Array, axis: int) -> Array:
    """[1, -2, 1] along an axis, without the outermost pixels.

    Along both, one after the other: the difference of two Laplacians, in which planes and edges
    along the axes vanish.
    """
    before, here, after = neighbours(planes, axis)
    bend = before + after
    bend -= here
    bend -= here
    return bend


def _median(planes: Array) -> Array:
    """Of each plane; NumPy's own takes three times as long."""
    values = planes.reshape(len(planes), -1)
    half = values.shape[1] // 2
    parted = np.partition(values, half, axis=1)
    upper = parted[:, half]
    if values.shape[1] % 2:
        return upper
    return (parted[:, :half].max(axis=1) + upper) / 2


def _crete(slopes: tuple[_Slopes, _Slopes], window: int) -> Array:
    # Without the 2 first and the last pixels a side: the running mean repeats the border's pixels
    # and so flattens them.
    scores = []
    for along in slopes:
        slope = np.abs(along.slope[:, 1:, 1:])
        left = _slope_of_running_mean(along, window)
        np.minimum(left, slope, out=left)
        np.maximum(left, LEAST_SLOPE, out=left)
        np.maximum(slope, LEAST_SLOPE, out=slope)
        scores.append(left.sum(axis=(1, 2)) / slope.sum(axis=(1, 2)))
    return np.maximum(*scores)


def _slope_of_running_mean(along: _Slopes, window: int) -> Array:
    """|Sobel| of planes that were blurred by a running mean: [n, H - 3, W - 3].

    What two means of neighbouring windows have in common falls out, so that four pixels are left:
    with w = 2 h + 1, w (m[i + 1] - m[i - 1]) = s[i + h] + s[i + h + 1] - s[i - h - 1] - s[i - h].
    """
    half, axis = window // 2, along.axis % 3
    ends = [(half, half) if a == axis else (0, 0) for a in range(3)]
    smooth = np.pad(along.smooth, ends, mode="symmetric").swapaxes(1, axis)[:, :, 1:]
    pair = smooth[:, 1:] + smooth[:, :-1]
    slope = pair[:, window + 1 :] - pair[:, 1:-window]
    slope /= window
    return np.abs(slope, out=slope).swapaxes(1, axis)
