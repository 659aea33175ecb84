"""What is measured beside every grid of samples while a run trains, one idea a file."""

from jaxgan.evaluators.blur import Blur

__all__ = ["Blur"]
