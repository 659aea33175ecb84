"""The pure core: a config's parts become the two steps, and steps become updates."""

from jaxgan.steps.build import build

__all__ = ["build"]
