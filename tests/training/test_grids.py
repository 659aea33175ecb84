"""What a run's picture shows: one row a class, canvases side by side."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np

import jaxgan
from jaxgan.training.grids import COLUMNS, MOST_CLASSES, grid_of
from jaxgan.types import Given
from tests.tiny import VARIANTS, WGAN

SHAPE = (8, 8, 1)


def picture(config):
    gan = jaxgan.build(config, SHAPE)
    state = jax.jit(gan.init)(jax.random.key(0))
    return gan, state, *grid_of(config, gan)(jax.random.key(1), state)


def test_a_square_of_samples():
    gan, state, images, columns = picture(WGAN)
    assert (len(images), columns) == (64, 8)
    np.testing.assert_allclose(images, gan.sample(jax.random.key(1), state, 64), atol=1e-5)


def test_one_row_a_class():
    gan, state, images, columns = picture(dataclasses.replace(VARIANTS["cgan"], classes=3))
    assert (len(images), columns) == (3 * COLUMNS, COLUMNS)
    # Row by row: all of class 0, then all of class 1 …
    labels = jnp.array([0] * 8 + [1] * 8 + [2] * 8)
    expected = gan.sample(jax.random.key(1), state, 24, Given(labels))
    np.testing.assert_allclose(images, expected, atol=1e-5)


def test_many_classes_show_the_first():
    _, _, images, columns = picture(dataclasses.replace(VARIANTS["cgan"], classes=1000))
    assert len(images) == MOST_CLASSES * columns


def test_canvases_of_one_image_stand_side_by_side():
    gan, state, images, columns = picture(VARIANTS["recurrent"])
    # Three canvases an image: two images in each of eight rows.
    assert (len(images), columns) == (8 * 2 * 3, 6)
    samples = gan.sample(jax.random.key(1), state, 16)
    np.testing.assert_allclose(images[2::3], samples, atol=1e-5)
    canvases = gan.stages(jax.random.key(1), state, 16)
    np.testing.assert_allclose(images[3:6], canvases[:, 1], atol=1e-5)
