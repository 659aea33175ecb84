"""GANs as pure JAX functions: runs that repeat bit for bit, and how blurred their samples are.

gan = jaxgan.build(config, image_shape=(28, 28, 1))
state = gan.init(jax.random.key(0))
state, info = jax.jit(gan.discriminator_step)(key, state, batch)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jaxgan.config import Config as Config
    from jaxgan.config_json import config_from_json as config_from_json
    from jaxgan.config_json import config_to_json as config_to_json
    from jaxgan.data import ImageSet as ImageSet
    from jaxgan.data import open_images as open_images
    from jaxgan.errors import DivergenceError as DivergenceError
    from jaxgan.errors import UserError as UserError
    from jaxgan.latents import interpolate as interpolate
    from jaxgan.latents import mix_styles as mix_styles
    from jaxgan.latents import truncate as truncate
    from jaxgan.parallel import map_step as map_step
    from jaxgan.report.blur import blur_of_run as blur_of_run
    from jaxgan.steps import build as build
    from jaxgan.steps.updates import many_updates as many_updates
    from jaxgan.steps.updates import to_unit_range as to_unit_range
    from jaxgan.steps.updates import update as update
    from jaxgan.training.loop import train as train
    from jaxgan.training.options import RunOptions as RunOptions
    from jaxgan.training.rerun import rerun as rerun
    from jaxgan.types import Gan as Gan
    from jaxgan.types import GanState as GanState
    from jaxgan.types import StepInfo as StepInfo
    from jaxgan.types import Variables as Variables

__version__ = "0.1.0"

# Imported when first asked for, so that `import jaxgan` costs little more than `import jax`.
_HOMES = {
    "Config": "jaxgan.config",
    "DivergenceError": "jaxgan.errors",
    "Gan": "jaxgan.types",
    "GanState": "jaxgan.types",
    "ImageSet": "jaxgan.data",
    "RunOptions": "jaxgan.training.options",
    "StepInfo": "jaxgan.types",
    "UserError": "jaxgan.errors",
    "Variables": "jaxgan.types",
    "blur_of_run": "jaxgan.report.blur",
    "build": "jaxgan.steps",
    "config_from_json": "jaxgan.config_json",
    "config_to_json": "jaxgan.config_json",
    "interpolate": "jaxgan.latents",
    "many_updates": "jaxgan.steps.updates",
    "map_step": "jaxgan.parallel",
    "mix_styles": "jaxgan.latents",
    "open_images": "jaxgan.data",
    "rerun": "jaxgan.training.rerun",
    "to_unit_range": "jaxgan.steps.updates",
    "train": "jaxgan.training.loop",
    "truncate": "jaxgan.latents",
    "update": "jaxgan.steps.updates",
}

__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'jaxgan' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
