"""Every field that networks refuse, those that all have and those of one architecture."""

from __future__ import annotations

import dataclasses
from typing import get_args

import pytest

from jaxgan.errors import UserError
from jaxgan.networks import (
    DCGANDiscriminator,
    DCGANGenerator,
    MLPDiscriminator,
    MLPGenerator,
    PatchDiscriminator,
    RecurrentGenerator,
    ResidualDiscriminator,
    ResidualGenerator,
    UNetDiscriminator,
    VanillaDiscriminator,
    VanillaGenerator,
)
from jaxgan.networks.layers import (
    DiscriminatorKnobs,
    GeneratorKnobs,
    Initialization,
    Norm,
)
from jaxgan.protocols import DiscriminatorPart, GeneratorPart
from jaxgan.types import NetworkSetting
from tests.networks.values import WITH_KNOBS

GENERATORS = [part for part in WITH_KNOBS if part.role == "generator"]
DISCRIMINATORS = [part for part in WITH_KNOBS if part.role == "discriminator"]
of_every_part = pytest.mark.parametrize("part", WITH_KNOBS)


@of_every_part
def test_parts_keep_their_contract(part):
    assert isinstance(part(), GeneratorPart if part in GENERATORS else DiscriminatorPart)
    assert issubclass(part, GeneratorKnobs if part in GENERATORS else DiscriminatorKnobs)
    assert part() == part()
    with pytest.raises(dataclasses.FrozenInstanceError):
        part().width = 3


@of_every_part
@pytest.mark.parametrize("width", [0, -4, 2.0, True, "64"])
def test_a_width_that_is_no_whole_number_above_0_is_refused(part, width):
    message = f"{part.__name__} with width {width}: expected a whole number from 1; 64 is usual"
    with pytest.raises(UserError, match=message):
        part(width)


BOTH = ("none", "concat")


@of_every_part
@pytest.mark.parametrize(
    ("field", "choices"),
    [
        ("norm", get_args(Norm)),
        ("initialization", get_args(Initialization)),
        ("conditioning", None),
    ],
)
def test_a_name_of_no_choice_is_refused(part, field, choices):
    if field == "conditioning":
        of_role = ("norm",) if part in GENERATORS else ("projection", "auxiliary")
        choices = (*BOTH, *of_role)
    message = f"{part.__name__} with {field} 'xavier': expected one of {', '.join(choices)}"
    with pytest.raises(UserError, match=message):
        part(**{field: "xavier"})


@pytest.mark.parametrize("part", [DCGANGenerator, ResidualGenerator, RecurrentGenerator])
def test_a_way_up_that_there_is_none_of_is_refused(part):
    message = f"{part.__name__} with upsampling 'xavier': expected one of sub_pixel, nearest,"
    with pytest.raises(UserError, match=message):
        part(upsampling="xavier")


@pytest.mark.parametrize("conditioning", ["projection", "auxiliary"])
def test_conditioning_of_the_other_role_is_refused(conditioning):
    with pytest.raises(UserError, match=f"conditioning '{conditioning}': expected one of none,"):
        DCGANGenerator(conditioning=conditioning)
    with pytest.raises(UserError, match="conditioning 'norm': expected one of none,"):
        DCGANDiscriminator(conditioning="norm")


@of_every_part
@pytest.mark.parametrize("share", [1.0, 1.5, -0.1, float("nan")])
def test_a_dropout_that_is_no_share_is_refused(part, share):
    message = rf"{part.__name__} with dropout {share}: expected a number in \[0, 1\)"
    with pytest.raises(UserError, match=message):
        part(dropout=share)


@pytest.mark.parametrize("part", GENERATORS)
@pytest.mark.parametrize("norm", ["none", "spectral"])
def test_gains_for_labels_want_a_norm_that_has_some(part, norm):
    with pytest.raises(UserError, match=f"conditioning norm and norm {norm}: there are no gains"):
        part(norm=norm, conditioning="norm")


@pytest.mark.parametrize("part", DISCRIMINATORS)
@pytest.mark.parametrize("size", [1, -2, 2.0, True])
def test_a_group_that_deviates_from_nothing_is_refused(part, size):
    message = f"minibatch_deviation {size}: .* of images in a group from 2"
    with pytest.raises(UserError, match=message):
        part(minibatch_deviation=size)


@pytest.mark.parametrize("part", DISCRIMINATORS)
def test_batch_norm_alone_mixes_examples(part):
    mixing = {norm for norm in get_args(Norm) if norm not in refused(part)}
    mixing = {norm for norm in mixing if part(norm=norm).mixes_examples}
    assert mixing == {"batch"}
    assert not part(norm="none", minibatch_deviation=2).mixes_examples


def refused(part):
    """Norms that an architecture has no use for."""
    dense = (MLPGenerator, MLPDiscriminator, RecurrentGenerator, VanillaGenerator)
    return ("instance",) if part in dense else ()


@of_every_part
def test_instance_norm_wants_positions(part):
    if refused(part):
        message = f"{part.__name__} with norm instance: .*no positions to normalise over; use layer"
        with pytest.raises(UserError, match=message):
            part(norm="instance")
    else:
        assert part(norm="instance").norm == "instance"


@pytest.mark.parametrize(
    ("part", "fields", "message"),
    [
        (MLPGenerator, {"output": "relu"}, "output 'relu': expected one of tanh, linear"),
        (MLPGenerator, {"depth": 0}, "MLPGenerator with depth 0: .* of hidden layers from 1"),
        (MLPDiscriminator, {"depth": 0}, "MLPDiscriminator with depth 0: expected a whole"),
        (MLPDiscriminator, {"maxout": 0}, "maxout 0: expected a whole number of pieces from 1"),
        (PatchDiscriminator, {"halvings": -1}, "halvings -1: expected a whole number from 0"),
        (RecurrentGenerator, {"steps": 0}, "steps 0: expected a whole number from 1"),
        (RecurrentGenerator, {"hidden": 0}, "hidden 0: expected a whole number from 1"),
    ],
)
def test_fields_of_one_architecture(part, fields, message):
    with pytest.raises(UserError, match=message):
        part(**fields)


@pytest.mark.parametrize(
    "part",
    [
        *(DCGANGenerator, DCGANDiscriminator, RecurrentGenerator, UNetDiscriminator),
        *(ResidualGenerator, ResidualDiscriminator),
    ],
)
def test_sizes_that_do_not_halve_are_refused_when_built(part):
    with pytest.raises(UserError, match="image size 27 halves 0 times, to 27:"):
        part(2).build(NetworkSetting((27, 27, 1), 6))


@pytest.mark.parametrize(
    "part", [MLPGenerator, MLPDiscriminator, VanillaGenerator, VanillaDiscriminator]
)
def test_networks_that_do_not_halve_take_any_size(part):
    assert part(2).build(NetworkSetting((27, 27, 1), 6))


@pytest.mark.parametrize(("size", "halvings"), [(4, 1), (8, 2), (28, 4), (2, 0)])
def test_patches_that_leave_nothing_are_refused(size, halvings):
    message = f"{halvings} halvings on {size} pixels: nothing is left to judge"
    with pytest.raises(UserError, match=message):
        PatchDiscriminator(2, halvings=halvings).build(NetworkSetting((size, size, 1)))


@pytest.mark.parametrize("size", [1, 4])
def test_images_that_convolutions_without_padding_use_up_are_refused(size):
    message = f"VanillaDiscriminator on {size} pixels: .*use --image-size 5 or more"
    with pytest.raises(UserError, match=message):
        VanillaDiscriminator(2).build(NetworkSetting((size, size, 1)))
    assert VanillaDiscriminator(2).build(NetworkSetting((5, 5, 1)))


@pytest.mark.parametrize(("latent", "steps", "named"), [(100, 3, 102), (5, 3, 6), (7, 8, 8)])
def test_latents_that_cannot_be_cut_into_steps_are_refused(latent, steps, named):
    message = f"latent size {latent} with a generator of {steps} steps: .*--latent-size {named}$"
    with pytest.raises(UserError, match=message):
        RecurrentGenerator(2, steps=steps).build(NetworkSetting((8, 8, 1), latent))
    assert RecurrentGenerator(2, steps=steps).build(NetworkSetting((8, 8, 1), named))
