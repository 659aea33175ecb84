"""Searches find what a generator can make, and follow the recipe's schedules."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import jaxgan
from jaxgan.errors import UserError
from jaxgan.networks import StyleGAN2Discriminator, StyleGAN2Generator
from jaxgan.projection import begin_search, pixel_distance, search_images, search_steps
from tests.steps.small import SHAPE, two_layers

STYLED = two_layers(
    generator=StyleGAN2Generator(
        channel_base=32, channel_max=4, style_size=6, mapping_layers=1, noise_when_sampling="none"
    ),
    discriminator=StyleGAN2Discriminator(channel_base=32, channel_max=4, minibatch_deviation=0),
)


def begun(config, space, starts=3):
    gan = jaxgan.build(config, SHAPE)
    state = jax.jit(gan.init)(jax.random.key(0))
    key = jax.random.key(1)
    search = begin_search(gan, key, state, starts, space, latent_size=config.latent_size)
    return gan, state, search


def searched(config, space, steps=200):
    """Distances of the starts and of the ends to an image of the generator's own."""
    gan, state, search = begun(config, space)
    target = gan.sample(jax.random.key(5), state, 1)[0]
    look = jax.jit(lambda key, point: search_images(gan, key, state, point))
    before = pixel_distance(look(jax.random.key(6), search.point), target)
    run = jax.jit(
        lambda key, search: search_steps(
            gan, key, state, search, target, space=space, steps=steps, count=steps
        )
    )
    search, _ = run(jax.random.key(7), search)
    after = pixel_distance(look(jax.random.key(8), search.point), target)
    return np.asarray(before), np.asarray(after), np.asarray(search.point)


def test_an_image_of_the_generator_is_found_in_z():
    before, after, _ = searched(two_layers(latent_size=3), "z")
    assert after.min() < 0.05 * before.min()


@pytest.mark.parametrize("space", ["w", "w+"])
def test_an_image_of_the_generator_is_found_in_styles(space):
    before, after, point = searched(STYLED, space)
    assert after.min() < 0.1 * before.min()
    apart = np.ptp(point, axis=1).max()
    assert (apart < 1e-6) == (space == "w")  # one style for all layers


def test_the_first_start_in_w_is_the_mean():
    gan, state, search = begun(STYLED, "w")
    np.testing.assert_allclose(search.point[0], np.zeros((4, 6)))  # of a network not yet trained
    w = gan.styles.map(jax.random.key(2), state, jax.random.normal(jax.random.key(3), (5000, 6)))
    # No mean yet, so the deviation is the root of the mean squared length.
    length = np.sqrt(np.mean(np.sum(np.square(w[:, 0]), axis=1)))
    assert float(search.spread) == pytest.approx(length, rel=0.05)


def test_w_of_a_generator_without_styles_is_refused():
    with pytest.raises(UserError, match=r"--space w\+ of a generator without styles"):
        begun(two_layers(), "w+")


def test_a_search_in_pieces_is_a_search_in_one_go():
    config = dataclasses.replace(two_layers(), latent_size=3)
    gan, state, search = begun(config, "z")
    target = jnp.zeros(SHAPE)

    def steps(search, count):
        key = jax.random.key(4)
        return search_steps(gan, key, state, search, target, space="z", steps=10, count=count)[0]

    whole = steps(search, 10)
    pieces = steps(steps(search, 4), 6)
    np.testing.assert_allclose(whole.point, pieces.point, atol=1e-6)
    assert int(pieces.step) == 10
    # The rate is 0 at the very beginning.
    np.testing.assert_array_equal(steps(search, 1).point, search.point)


def test_pixels_are_compared_by_their_mean_square():
    images = jnp.stack([jnp.zeros((2, 2, 1)), jnp.ones((2, 2, 1))])
    target = jnp.full((2, 2, 1), 0.5).at[0, 0, 0].set(-1.0)
    # Three differences of 0.5 and one of 1, or one of 2.
    assert pixel_distance(images, target).tolist() == [(0.75 + 1) / 4, (0.75 + 4) / 4]
