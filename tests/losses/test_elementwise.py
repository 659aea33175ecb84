"""What holds for every loss: its equations are applied to each logit by itself."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import jaxgan.losses

REAL, FAKE = jax.random.normal(jax.random.key(0), (2, 2, 3, 4))


@pytest.fixture(params=jaxgan.losses.__all__)
def loss(request):
    return getattr(jaxgan.losses, request.param)()


@pytest.mark.parametrize("equation", ["discriminator", "generator"])
def test_logits_of_patches_are_judged_one_by_one(loss, equation):
    # A patch's loss is the same in a map [B, h, w], in a row [B · h · w] and alone.
    patches = getattr(loss, equation)(REAL, FAKE)
    assert patches.shape == (2, 3, 4)
    row = getattr(loss, equation)(REAL.reshape(-1), FAKE.reshape(-1))
    np.testing.assert_array_equal(row.reshape(2, 3, 4), patches)
    alone = getattr(loss, equation)(REAL[1, 2, 3][None], FAKE[1, 2, 3][None])
    np.testing.assert_allclose(alone[0], patches[1, 2, 3], rtol=1e-6)


def test_a_pair_does_not_depend_on_another(loss):
    # One real and one fake logit are changed; all other pairs' losses stay as they are.
    before = loss.discriminator(REAL, FAKE)
    after = loss.discriminator(REAL.at[0, 0, 0].add(1), FAKE.at[0, 0, 0].add(1))
    np.testing.assert_array_equal(after.reshape(-1)[1:], before.reshape(-1)[1:])


def test_the_discriminator_wants_real_up_and_fake_down_and_the_generator_fake_up(loss):
    # At logits of 0.1, inside every margin and between every two targets.
    level = jnp.full((1,), 0.1)
    of_real, of_fake = jax.grad(lambda r, f: loss.discriminator(r, f)[0], (0, 1))(level, level)
    assert of_real[0] < 0 < of_fake[0]
    assert jax.grad(lambda f: loss.generator(level, f)[0])(level)[0] < 0


def test_uses_real_says_whether_the_generators_loss_reads_real_logits(loss):
    moved = np.any(loss.generator(REAL, FAKE) != loss.generator(REAL + 1, FAKE))
    assert bool(moved) == loss.uses_real
