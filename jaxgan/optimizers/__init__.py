"""Optimisers as config values: hyper-parameters in the papers' terms, optax behind them."""

from jaxgan.optimizers.adam import Adam
from jaxgan.optimizers.rmsprop import RMSProp
from jaxgan.optimizers.sgd import SGD

__all__ = ["Adam", "RMSProp", "SGD"]
