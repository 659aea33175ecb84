"""Any part goes with any other: some of the combinations that tests/combinations.py draws."""

import pytest

from tests.combinations import COUNT, DIMENSIONS, config_of, draw, pairs, steps_are_finite

COMBINATIONS, REFUSALS = draw()
SAMPLED = range(0, COUNT, 69)  # the rest is run by `python -m tests.combinations`


@pytest.mark.parametrize("number", SAMPLED)
def test_a_step_of_each_kind_is_finite_and_moves(number):
    assert steps_are_finite(COMBINATIONS[number])


def test_all_pairs_of_values_occur_but_those_that_are_refused():
    names = sorted(DIMENSIONS)
    missing = []
    found = pairs(COMBINATIONS)
    for i, a in enumerate(names):
        for b in names[i + 1 :]:
            for x in DIMENSIONS[a]:
                for y in DIMENSIONS[b]:
                    pair = (a, _text(x), b, _text(y))
                    if pair not in found:
                        missing.append(pair)
    # What no config allows together.
    instance = {"MLPGenerator", "RecurrentGenerator", "VanillaGenerator"}
    own = {"StyleGAN2Generator", "R3GANGenerator", "StyleGAN2Discriminator", "R3GANDiscriminator"}
    for a, x, b, y in missing:
        values = {(a, x), (b, y)}
        reasons = [
            ("generator_norm", "instance") in values and bool({x, y} & instance),
            ("discriminator_norm", "instance") in values and "MLPDiscriminator" in (x, y),
            ("packing", "2") in values and "conditioning" in (a, b),
            ("discriminator_norm", "batch") in values and "penalty" in (a, b),
            "conditioning" in (a, b) and "'norm'" in x + y and {x, y} & {"none", "spectral"},
            # They have one way for labels to enter each.
            "conditioning" in (a, b) and bool({x, y} & own),
        ]
        assert any(reasons), (a, x, b, y)


def _text(value):
    return getattr(value, "__name__", None) or str(value)


def test_every_refusal_says_why():
    # One sentence a reason, of the few there are.
    assert 4 <= len(REFUSALS) <= 20
    assert all(len(reason) > 20 for reason in REFUSALS), REFUSALS


def test_the_configs_are_what_was_drawn():
    for choice in COMBINATIONS[:50]:
        config = config_of(choice)
        assert isinstance(config.generator, choice["generator"])
        assert config.loss == choice["loss"]
        # StyleGAN2 and R3GAN have no norm to choose.
        assert (
            getattr(config.generator, "norm", choice["generator_norm"])
            == (choice["generator_norm"])
        )
