"""StyleGAN2's settings by name, against the published numbers."""

from __future__ import annotations

import pytest

from jaxgan.errors import UserError
from jaxgan.networks.stylegan2_presets import stylegan2_parts


@pytest.mark.parametrize(
    ("size", "batch", "gamma", "group"),
    [(32, 32, 0.0064, 4), (64, 32, 0.0256, 4), (128, 32, 0.1024, 4), (256, 16, 0.8192, 4)],
)
def test_auto_follows_the_size(size, batch, gamma, group):
    parts = stylegan2_parts("auto", (size, size, 3))
    assert (parts.batch_size, parts.discriminator.minibatch_deviation) == (batch, group)
    assert parts.gamma == pytest.approx(gamma)
    assert parts.average_half_life == pytest.approx(batch * 312.5)
    assert (parts.learning_rate, parts.average_ramp_up) == (0.0025, 0.05)
    assert parts.generator.channel_base == parts.discriminator.channel_base == 16384


def test_auto_at_1024():
    parts = stylegan2_parts("auto", (1024, 1024, 3))
    assert (parts.batch_size, parts.learning_rate, parts.generator.channel_base) == (
        4,
        0.002,
        32768,
    )


@pytest.mark.parametrize(
    ("preset", "batch", "group", "rate", "gamma", "half_life", "base"),
    [
        ("stylegan2", 32, 4, 0.002, 10, 10_000, 32768),
        ("paper256", 64, 8, 0.0025, 1, 20_000, 16384),
        ("paper512", 64, 8, 0.0025, 0.5, 20_000, 32768),
        ("paper1024", 32, 4, 0.002, 2, 10_000, 32768),
        ("cifar", 64, 32, 0.0025, 0.01, 500_000, 32768),
    ],
)
def test_published_settings(preset, batch, group, rate, gamma, half_life, base):
    parts = stylegan2_parts(preset, (256, 256, 3))
    found = (parts.batch_size, parts.discriminator.minibatch_deviation, parts.learning_rate)
    assert found == (batch, group, rate)
    assert (parts.gamma, parts.average_half_life) == (gamma, half_life)
    assert parts.generator.channel_base == parts.discriminator.channel_base == base
    is_cifar = preset == "cifar"
    assert parts.generator.mapping_layers == (2 if is_cifar else 8)
    assert parts.generator.mixing == (0 if is_cifar else 0.9)
    assert parts.path_length == (0 if is_cifar else 2)
    assert parts.discriminator.architecture == ("orig" if is_cifar else "residual")


def test_quick_is_small():
    parts = stylegan2_parts("quick", (28, 28, 1))
    widths = (parts.generator.channel_max, parts.generator.style_size, parts.latent_size)
    assert widths == (64, 64, 64)
    assert parts.batch_size % parts.discriminator.minibatch_deviation == 0


def test_other_names_are_refused():
    with pytest.raises(UserError, match="preset 'paper64': expected one of auto, stylegan2"):
        stylegan2_parts("paper64", (64, 64, 3))
