"""Pixels themselves as features: principal components, and how much detail each scale holds."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from scipy.linalg import eigh

from jaxgan.features.network import FeatureNetwork, Outputs, feature_network
from jaxgan.metrics.checks import check_images
from jaxgan.types import Tree

__all__ = ["pixel_features"]

VERSION = 1
COMPONENTS = 64
MOST_REFERENCES = 2000  # images the components are fitted to; their pair products are a matrix
FEWEST_REFERENCES = 2 * COMPONENTS
NEGLIGIBLE = 1e-10  # variance, of the first component's: below, a direction is rounding noise
FINEST, BINOMIAL = 8, (1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16)
LEAST_ENERGY = (1 / 255) ** 2 / 12  # of rounding to 8 bits
LEAST_SPREAD = 0.1  # nats: ten per cent of energy

Array = np.ndarray


def pixel_features(reference: Array) -> FeatureNetwork:
    """Features fitted to real images [N, H, W, C] (uint8, or float in [0, 1]), N from 128.

    Two blocks: the coordinates on the first 64 principal components of the pixels, and for each
    level of the Laplacian pyramid (Burt and Adelson 1983) the log of the mean squared detail, not
    below what rounding to 8 bits adds. Each log has unit variance over the reference; the
    components have one scale in common, which keeps the geometry of pixels among them, such that
    their variances add up to the number of levels. So the two blocks weigh the same, and the fine
    detail that components of large variance do not see is half of every distance.

    Components are fitted to 2000 images spread evenly over the reference. Their signs are such that
    the weight of largest magnitude is positive. Sides are 16 pixels or more.
    Raises ValueError for images that are none, or too few or too small.
    """
    images = check_images(_spread(reference), "reference images", FEWEST_REFERENCES)
    shape = images.shape[1:]
    if min(shape[:2]) < 2 * FINEST:
        raise ValueError(
            f"reference images of {shape[0]}x{shape[1]} pixels: expected {2 * FINEST} or more a "
            "side, for two levels of detail"
        )
    mean, components, variances = _principal_components(images.reshape(len(images), -1))
    energies = np.concatenate(
        [np.asarray(_compiled_log_energies(part.astype(np.float32))) for part in _parts(images)]
    ).astype(np.float64)
    scale = np.sqrt(variances.sum() / energies.shape[1])
    parameters = {
        "components": components / scale,
        "energy_mean": energies.mean(axis=0),
        "energy_spread": np.maximum(energies.std(axis=0), LEAST_SPREAD),
        "mean": mean,
    }
    return feature_network(
        f"pixels-{len(variances)}",
        VERSION,
        {name: array.astype(np.float32) for name, array in parameters.items()},
        _forward,
        image_shape=shape,
        facts={"references": len(images), "levels": energies.shape[1]},
    )


def _spread(images: Array) -> Array:
    """At most 2000 images, evenly over all."""
    array = np.asarray(images)
    if array.ndim != 4 or len(array) <= MOST_REFERENCES:
        return array
    return array[np.arange(MOST_REFERENCES) * len(array) // MOST_REFERENCES]


def _parts(images: Array) -> list[Array]:
    return [images[first : first + 100] for first in range(0, len(images), 100)]


def _principal_components(pixels: Array) -> tuple[Array, Array, Array]:
    """Mean [P], components [P, 64] and variances [64] of rows [N, P], the largest first.

    From the products of pixels or of images, whichever are fewer: a row's coordinates in the
    eigenvectors of the latter turn into components by the rows themselves.
    """
    mean = pixels.mean(axis=0)
    centred = (pixels - mean) / np.sqrt(len(pixels) - 1)
    by_images = len(pixels) < pixels.shape[1]
    products = centred @ centred.T if by_images else centred.T @ centred
    side = len(products)
    variances, vectors = eigh(products, subset_by_index=(max(0, side - COMPONENTS), side - 1))
    kept = variances[::-1] > NEGLIGIBLE * variances[-1]
    variances, vectors = variances[::-1][kept], vectors[:, ::-1][:, kept]
    components = centred.T @ vectors / np.sqrt(variances) if by_images else vectors
    largest = np.abs(components).argmax(axis=0)
    signs = np.sign(components[largest, np.arange(len(variances))])
    return mean, components * signs, variances


def _forward(parameters: Tree, images: jax.Array) -> Outputs:
    pixels = images.reshape(images.shape[0], -1) - parameters["mean"][None]
    coordinates = pixels @ parameters["components"]
    energies = _log_energies(images) - parameters["energy_mean"][None]
    standardised = energies / parameters["energy_spread"][None]
    return Outputs(jnp.concatenate([coordinates, standardised], axis=1), None)


def _log_energies(images: jax.Array) -> jax.Array:
    """Log of the mean square of each level's detail, [B, levels], the finest first.

    Levels go on while sides are 8 pixels or more.
    """
    energies = []
    while min(images.shape[1:3]) >= FINEST:
        coarse = _smoothed(images)[:, ::2, ::2]
        detail = images - _enlarged(coarse, images.shape)
        energies.append(jnp.mean(jnp.square(detail), axis=(1, 2, 3)))
        images = coarse
    return jnp.log(jnp.maximum(jnp.stack(energies, axis=1), LEAST_ENERGY))


_compiled_log_energies = jax.jit(_log_energies)


def _smoothed(x: jax.Array) -> jax.Array:
    """Filtered by [1, 4, 6, 4, 1] / 16 along both axes, mirrored at the border's pixels."""
    for axis in (1, 2):
        pads = [(2, 2) if a == axis else (0, 0) for a in range(4)]
        wide, size = jnp.pad(x, pads, mode="reflect"), x.shape[axis]
        windows = [jax.lax.slice_in_dim(wide, i, i + size, axis=axis) for i in range(5)]
        x = jnp.zeros((), x.dtype)
        for weight, window in zip(BINOMIAL, windows, strict=True):
            x = x + weight * window
    return x


def _enlarged(x: jax.Array, shape: tuple[int, ...]) -> jax.Array:
    """To twice the size, cut to `shape`: zeros between the pixels, and the same filter times 4."""
    batch, height, width, channels = x.shape
    spread = jnp.zeros((batch, height, 2, width, 2, channels), x.dtype).at[:, :, 0, :, 0].set(x)
    spread = spread.reshape(batch, 2 * height, 2 * width, channels)[:, : shape[1], : shape[2]]
    return 4 * _smoothed(spread)
