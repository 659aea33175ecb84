"""A config is one value: what it refuses, and that JSON gives it back.

After a change of defaults that is meant, write the recorded texts anew: python -m tests.test_config
"""

from __future__ import annotations

import dataclasses
import importlib
import json
import math
import pkgutil
import re
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import optax
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import jaxgan.experiments
from jaxgan.augment import ADA, BGC, DiffAugment, EarlyBlur, InstanceNoise
from jaxgan.config import Config
from jaxgan.config_json import config_from_json, config_to_json
from jaxgan.errors import UserError
from jaxgan.losses import Hinge, NonSaturating, RelativisticPaired, Wasserstein
from jaxgan.networks import (
    DCGANDiscriminator,
    DCGANGenerator,
    ResidualGenerator,
    UNetDiscriminator,
)
from jaxgan.optimizers import SGD, Adam, RMSProp
from jaxgan.parts import PART_FIELDS, available_parts, import_trusted, part_name, part_to_json
from jaxgan.penalties import R1, R1R2, GradientPenalty, PathLength
from jaxgan.schedules import Linear
from jaxgan.sharpness import FeatureMatching, Spectral

GOLDEN = Path(__file__).parent / "experiments" / "golden"
EXPERIMENTS = sorted(module.name for module in pkgutil.iter_modules(jaxgan.experiments.__path__))
RECORDED = ["defaults", *EXPERIMENTS]
PRESETS = {
    f"{experiment}.{name}": getattr(
        importlib.import_module(f"jaxgan.experiments.{experiment}"), name
    )
    for experiment in EXPERIMENTS
    for name in ("CONFIG", "QUICK")
}


@dataclass(frozen=True)
class Quarter:
    """A loss of one's own, written outside the library."""

    share: float = 0.25

    role: ClassVar[str] = "loss"
    uses_real: ClassVar[bool] = True

    def discriminator(self, real, fake):
        return self.share * (fake - real)

    def generator(self, real, fake):
        return self.share * (real - fake)


def through_json(config):
    return config_from_json(json.loads(json.dumps(config_to_json(config), allow_nan=False)))


def golden_text(name):
    """What is recorded of an experiment, or, as `defaults`, of a Config with nothing chosen."""
    if name == "defaults":
        presets = {"Config": config_to_json(Config())}
    else:
        module = importlib.import_module(f"jaxgan.experiments.{name}")
        presets = {"CONFIG": config_to_json(module.CONFIG), "QUICK": config_to_json(module.QUICK)}
    return json.dumps(presets, indent=2) + "\n"


@pytest.mark.parametrize("name", PRESETS)
def test_presets_come_back_from_json(name):
    config = PRESETS[name]
    again = through_json(config)
    assert again == config
    assert hash(again) == hash(config)


def floats(lowest, highest, **bounds):
    return st.floats(lowest, highest, **bounds)


positive = floats(1e-30, 1e6)
shares = st.just(0.0) | floats(1e-30, 1, exclude_max=True)
counts = st.integers(1, 10**9)
initializations = st.sampled_from(["dcgan", "he"])
optimizers = st.one_of(
    st.builds(Adam, positive, shares, shares, positive),
    st.builds(RMSProp, positive, shares, positive),
    st.builds(SGD, positive, shares),
)
discriminators = st.builds(
    DCGANDiscriminator, st.integers(1, 512), st.sampled_from(["none", "layer"]), initializations
)
configs = st.builds(
    Config,
    name=st.from_regex(r"[a-z0-9_.+-]*[a-z0-9][a-z0-9_.+-]{0,9}", fullmatch=True).map(
        lambda x: x[-50:]
    ),
    seed=st.integers(0, 2**32 - 1),
    steps=counts,
    batch_size=counts,
    n_critic=counts,
    shards=st.none() | counts,
    data=st.text(),
    split=st.text(),
    image_size=st.none() | counts,
    channels=st.sampled_from([None, 1, 3]),
    data_size=counts,
    data_blur=st.just(0.0) | floats(1e-30, 1e6),
    latent_size=counts,
    generator=st.builds(
        DCGANGenerator,
        st.integers(1, 512),
        st.sampled_from(["none", "batch", "layer"]),
        initializations,
    ),
    discriminator=discriminators,
    loss=st.one_of(
        st.sampled_from([Wasserstein(), NonSaturating(), Hinge()]), st.builds(Quarter, shares)
    ),
    penalty=st.lists(
        st.builds(GradientPenalty, positive, st.just(0.0) | floats(1e-30, 100))
        | st.sampled_from([R1(), R1(gamma=3.0)]),
        max_size=3,
    ).map(tuple),
    weight_clip=st.none() | positive,
    generator_optimizer=optimizers,
    discriminator_optimizer=optimizers,
    generator_penalty=st.just(()) | st.tuples(st.builds(PathLength, positive)),
    sharpness=st.lists(st.sampled_from([Spectral(), FeatureMatching()]), max_size=3).map(tuple),
    augment=st.none() | st.sampled_from([ADA(interval=16), BGC(Linear(0.0, 0.5)), DiffAugment()]),
    softening=st.none() | st.sampled_from([InstanceNoise(), EarlyBlur()]),
    packing=counts,
    classes=st.none() | st.integers(0, 1000),
    precision=st.sampled_from(["float32", "bfloat16"]),
    ema_half_life=floats(1, 1e9),
    ema_ramp_up=st.just(0.0) | floats(1e-30, 1),
    matmul_precision=st.sampled_from(["float32", "tensorfloat32", "bfloat16"]),
    checkpoint_every=counts,
    sample_every=counts,
    log_every=counts,
)


@settings(deadline=None, max_examples=60, derandomize=True)
@given(configs)
def test_any_config_comes_back_from_json(config):
    again = through_json(config)
    assert again == config
    assert hash(again) == hash(config)


@settings(deadline=None, max_examples=40, derandomize=True)
@given(configs, configs, st.sampled_from([field.name for field in dataclasses.fields(Config)]))
def test_configs_that_differ_have_json_that_differs(config, other, field):
    changed = dataclasses.replace(config, **{field: getattr(other, field)})
    assert (config_to_json(changed) == config_to_json(config)) == (changed == config)


def test_a_part_from_outside_the_library_comes_back():
    config = Config(loss=Quarter(0.5))
    assert config_to_json(config)["loss"] == {"part": f"{__name__}:Quarter", "share": 0.5}
    assert through_json(config).loss == Quarter(0.5)


def test_an_optax_transformation_can_be_used_but_not_written():
    config = Config(generator_optimizer=optax.adam(1e-3))
    with pytest.raises(UserError, match=r"generator_optimizer .* wrap it in a frozen dataclass"):
        config_to_json(config)


def test_a_class_in_place_of_a_part_is_not_written():
    with pytest.raises(UserError, match=r"loss .* cannot be written"):
        config_to_json(Config(loss=Wasserstein))


def test_a_part_that_cannot_be_found_again_is_not_written():
    @dataclass(frozen=True)
    class Local(Quarter):
        """Its name leads nowhere outside this function."""

    with pytest.raises(UserError, match=r"loss .*Local"):
        config_to_json(Config(loss=Local()))


WHOLE_FROM_1 = [
    *("steps", "batch_size", "n_critic", "latent_size", "data_size"),
    *("checkpoint_every", "sample_every", "log_every", "shards", "image_size", "packing"),
]
NOT_WHOLE = [True, 1.0, 2.5, math.nan, math.inf, "8"]


def assert_refused(field, value, expected):
    flag = "--" + field.replace("_", "-")
    with pytest.raises(UserError, match=f"^{flag} {value}: expected {expected}"):
        Config(**{field: value})


@pytest.mark.parametrize("field", WHOLE_FROM_1)
@pytest.mark.parametrize("value", [0, -3, *NOT_WHOLE])
def test_counts_below_1_are_refused(field, value):
    assert_refused(field, value, "a whole number from 1")


@pytest.mark.parametrize("value", [-1, *NOT_WHOLE])
def test_seeds_below_0_are_refused(value):
    assert_refused("seed", value, "a whole number from 0")


@pytest.mark.parametrize(
    "field",
    [
        *("data_blur", "ema_half_life", "ema_ramp_up"),
        *("class_weight_discriminator", "class_weight_generator"),
    ],
)
@pytest.mark.parametrize("value", [-0.5, math.nan, math.inf, -math.inf])
def test_numbers_below_0_are_refused(field, value):
    assert_refused(field, value, "a number from 0")


@pytest.mark.parametrize("value", [0, 0.0, -0.01, math.nan, math.inf])
def test_a_weight_clip_that_leaves_nothing_or_everything_is_refused(value):
    assert_refused("weight_clip", value, "a number from 1e-30")


@pytest.mark.parametrize(
    "edge",
    [{field: 1} for field in WHOLE_FROM_1] + [{"seed": 0}, {"data_blur": 0}, {"shards": None}],
)
def test_the_smallest_values_are_allowed(edge):
    ((field, value),) = edge.items()
    assert getattr(Config(**edge), field) == value


def test_batch_norm_under_a_gradient_penalty_is_refused_with_the_reason():
    with pytest.raises(
        UserError, match=r"gradient-penalty.*own gradient.*batch norm mixes.*norm layer or none"
    ):
        Config(penalty=(GradientPenalty(),), discriminator=DCGANDiscriminator(norm="batch"))
    for norm in ("layer", "none"):
        Config(penalty=(GradientPenalty(),), discriminator=DCGANDiscriminator(norm=norm))
    Config(penalty=(), discriminator=DCGANDiscriminator(norm="batch"))


def test_labels_in_one_network_alone_are_refused():
    for in_g, in_d in (("concat", "none"), ("none", "projection")):
        with pytest.raises(UserError, match=f"generator by {in_g} and the discriminator by {in_d}"):
            Config(
                generator=DCGANGenerator(conditioning=in_g),
                discriminator=DCGANDiscriminator(conditioning=in_d),
            )


def test_packs_of_labelled_images_are_refused():
    networks = {
        "generator": DCGANGenerator(conditioning="concat"),
        "discriminator": DCGANDiscriminator(conditioning="concat"),
    }
    with pytest.raises(UserError, match="packs of 2 images with labels"):
        Config(packing=2, **networks)
    assert Config(packing=1, **networks).is_conditional
    assert not Config(packing=2).is_conditional


def test_an_average_that_ramps_up_needs_a_half_life():
    with pytest.raises(UserError, match=r"--ema-ramp-up 0.05 without an average"):
        Config(ema_ramp_up=0.05)


@pytest.mark.parametrize(
    ("changes", "judges", "uses"),
    [
        ({}, False, False),
        ({"loss": RelativisticPaired()}, True, True),
        ({"sharpness": (FeatureMatching(),)}, True, True),
        ({"sharpness": (Spectral(),)}, False, True),  # images alone
    ],
)
def test_what_a_generator_step_needs(changes, judges, uses):
    config = Config(**changes)
    assert config.judges_real_for_generator == judges
    assert config.uses_real_for_generator == uses


def test_fields_of_another_version_are_refused_by_name():
    plain = config_to_json(Config()) | {"sharpnes": 1, "aug": 2}
    with pytest.raises(UserError, match=r"unknown fields aug, sharpnes.*another version"):
        config_from_json(plain)


def test_fields_that_are_missing_are_refused_by_name():
    plain = config_to_json(Config())
    del plain["seed"], plain["generator"]["width"]
    with pytest.raises(UserError, match=r"^config without seed: .*another version"):
        config_from_json(plain)
    with pytest.raises(UserError, match=r"^generator .*DCGANGenerator without width"):
        config_from_json(plain | {"seed": 0})


@pytest.mark.parametrize("value", [None, 3, "text", [], [{}], True])
def test_what_is_no_object_is_no_config_and_no_part(value):
    with pytest.raises(UserError, match=r"^config is .*: expected an object"):
        config_from_json(value)
    with pytest.raises(UserError, match=r"^generator is .*: expected an object"):
        config_from_json(config_to_json(Config()) | {"generator": value})


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("seed", "0", "seed is '0': expected a whole number"),
        ("seed", True, "seed is True: expected a whole number"),
        ("data", None, "data is null: expected a text"),
        ("channels", "1", "channels is '1'"),
        ("seed", 2**32, "--seed 4294967296: expected a whole number from 0 to 4294967295"),
        ("batch_size", 10**20, "--batch-size 1"),
        ("name", "../esc", "--name '../esc'"),
        ("name", "", "--name ''"),
        ("name", "two\nlines", "--name 'two"),
        ("name", "x" * 300, "--name 'x"),
        ("weight_clip", 1e-300, "--weight-clip 1e-300: expected a number from 1e-30"),
        ("ema_half_life", 1e-300, "--ema-half-life 1e-300: expected 0 or a number from 1e-30"),
        ("ema_half_life", 1e300, "--ema-half-life 1e"),
    ],
)
def test_values_of_another_type_or_size_are_refused(field, value, words):
    with pytest.raises(UserError, match=re.escape(words)):
        config_from_json(config_to_json(Config()) | {field: value})


def test_numbers_of_parts_are_bounded():
    with pytest.raises(UserError, match=r"--packing 1(0+): expected a whole number from 1 to"):
        Config(packing=10**20)
    with pytest.raises(UserError, match=r"--softening.sigma 1e.40: expected 0 or a number"):
        Config(softening=InstanceNoise(1e40))
    with pytest.raises(UserError, match=r"--generator-optimizer\.learning-rate 1e-200: expected"):
        Config(generator_optimizer=Adam(learning_rate=1e-200))


def test_a_config_imports_nothing_that_a_person_has_not_imported(tmp_path, monkeypatch):
    (tmp_path / "stranger.py").write_text(
        "from pathlib import Path\nfrom dataclasses import dataclass\n"
        "Path(__file__).with_name('was_imported').touch()\n"
        "@dataclass(frozen=True)\nclass Loss:\n    role = 'loss'\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    plain = config_to_json(Config()) | {"loss": {"part": "stranger:Loss"}}
    with pytest.raises(UserError, match="add --trust stranger, or import it first"):
        config_from_json(plain)
    assert not (tmp_path / "was_imported").exists()
    import_trusted(["stranger"])
    assert type(config_from_json(plain).loss).__module__ == "stranger"
    with pytest.raises(UserError, match="--trust no_such_module: it cannot be imported"):
        import_trusted(["no_such_module"])


@pytest.mark.parametrize(
    "part",
    [
        "jaxgan.losses:Nothing",  # no such class
        "jaxgan.nowhere:Hinge",  # no such module
        "jaxgan.optimizers.adam:Adam",  # a part, but of another role
        "jaxgan.config:Config",  # no part
        "json:dumps",
    ],
)
def test_parts_that_are_no_loss_are_refused(part):
    with pytest.raises(UserError, match=r"^loss .* is no loss: use the version"):
        config_from_json(config_to_json(Config()) | {"loss": {"part": part}})


@pytest.mark.parametrize("part", ["Hinge", "", "..:x", ".:", "test.autotest:x", "this:d"])
def test_parts_of_other_modules_are_not_trusted(part):
    with pytest.raises(UserError, match=r"^loss is .*not of jaxgan"):
        config_from_json(config_to_json(Config()) | {"loss": {"part": part}})


def test_a_generator_is_no_discriminator():
    plain = config_to_json(Config())
    plain["discriminator"] = plain["generator"]
    with pytest.raises(UserError, match=r"DCGANGenerator is no discriminator"):
        config_from_json(plain)


def test_an_unknown_field_of_a_part_is_refused():
    plain = config_to_json(Config(loss=Hinge()))
    plain["loss"]["margin"] = 2.0
    with pytest.raises(UserError, match="margin"):
        config_from_json(plain)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"steps": -1}, "--steps -1"),
        (
            {
                "generator_optimizer": part_to_json("generator_optimizer", SGD())
                | {"learning_rate": -1}
            },
            "SGD with learning_rate -1",
        ),
    ],
)
def test_values_from_json_are_checked_like_all_others(change, message):
    with pytest.raises(UserError, match=message):
        config_from_json(config_to_json(Config()) | change)


@pytest.mark.parametrize(
    ("field", "some"),
    [
        ("loss", {"wasserstein": Wasserstein, "non-saturating": NonSaturating, "hinge": Hinge}),
        ("penalty", {"gradient-penalty": GradientPenalty, "r1r2": R1R2}),
        ("generator_penalty", {"path-length": PathLength}),
        ("sharpness", {"feature-matching": FeatureMatching, "spectral": Spectral}),
        ("augment", {"ada": ADA, "bgc": BGC, "diff-augment": DiffAugment}),
        ("softening", {"instance-noise": InstanceNoise, "early-blur": EarlyBlur}),
        ("generator", {"dcgan": DCGANGenerator, "residual": ResidualGenerator}),
        ("discriminator", {"dcgan": DCGANDiscriminator, "unet": UNetDiscriminator}),
        ("generator_optimizer", {"adam": Adam, "rmsprop": RMSProp, "sgd": SGD}),
        ("discriminator_optimizer", {"adam": Adam, "rmsprop": RMSProp, "sgd": SGD}),
    ],
)
def test_available_parts(field, some):
    parts = available_parts(field)
    assert some.items() <= parts.items()
    for name, part in parts.items():
        assert part.role == PART_FIELDS[field]
        assert part_name(part) == part_name(part()) == name


@pytest.mark.parametrize("name", RECORDED)
def test_presets_are_as_recorded(name):
    path = GOLDEN / f"{name}.json"
    recorded = path.read_text() if path.exists() else ""
    assert golden_text(name) == recorded, (
        f"the values of {name} are not those of {path}: if that is meant, run "
        "`python -m tests.test_config` and commit what it writes"
    )


def test_every_record_has_its_experiment():
    assert sorted(path.stem for path in GOLDEN.iterdir()) == sorted(RECORDED)


if __name__ == "__main__":
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for name in RECORDED:
        (GOLDEN / f"{name}.json").write_text(golden_text(name))
