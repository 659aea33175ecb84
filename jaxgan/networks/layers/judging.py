"""The end of a discriminator: how diverse its batch is, and the last layer."""

from __future__ import annotations

from functools import partial

import flax.linen as nn
import jax
import jax.numpy as jnp

from jaxgan.errors import UserError
from jaxgan.networks.layers.knobs import DiscriminatorKnobs
from jaxgan.networks.layers.labels import one_hot
from jaxgan.networks.layers.modules import Convolution, Dense
from jaxgan.types import Given, Judgement, NetworkSetting

__all__ = ["Head", "MinibatchDeviation"]


class MinibatchDeviation(nn.Module):
    """One more channel that shows how diverse a group of images is (Karras et al. 2018,
    arXiv:1710.10196, section 3): [B, ..., C] -> [B, ..., C + 1].

    The standard deviation of every feature over the images of a group (+1e-8 on the variance),
    averaged to one number a group. Image i is in group i mod (B / size).
    """

    size: int

    @nn.compact
    def __call__(self, x: jax.Array) -> jax.Array:
        count = x.shape[0]
        if not self.size:
            return x
        if self.is_initializing():  # on one image
            return jnp.concatenate([x, jnp.zeros((*x.shape[:-1], 1), x.dtype)], -1)
        if count % self.size:
            raise UserError(
                f"minibatch deviation in groups of {self.size} with {count} images a shard: the "
                "groups must fill the shard; use another --batch-size, --shards or "
                "--discriminator.minibatch-deviation"
            )
        groups = x.reshape(self.size, count // self.size, *x.shape[1:]).astype(jnp.float32)
        deviation = jnp.sqrt(jnp.var(groups, axis=0) + 1e-8)
        of_group = jnp.mean(deviation.reshape(count // self.size, -1), axis=1)
        of_image = jnp.tile(of_group, self.size).reshape(count, *(1,) * (x.ndim - 1))
        plane = jnp.broadcast_to(of_image, (*x.shape[:-1], 1)).astype(x.dtype)
        return jnp.concatenate([x, plane], -1)


class Head(nn.Module):
    """The last layer: features [B, F] -> logits [B]; or, with `kernel_size` K, a convolution with
    one zero around: [B, h, w, F] -> [B, h + 3 - K, w + 3 - K].

    Labels meet features averaged over positions. projection adds their inner product with a learned
    row of the label's class (Miyato and Koyama 2018, arXiv:1802.05637, equation 3); auxiliary adds
    logits of the classes (Odena et al. 2017, arXiv:1610.09585).
    """

    knobs: DiscriminatorKnobs
    setting: NetworkSetting
    kernel_size: int = 0

    @nn.compact
    def __call__(
        self,
        features: jax.Array,
        given: Given,
        trail: tuple[jax.Array, ...] = (),
        *,
        train: bool,
    ) -> Judgement:
        knobs, setting = self.knobs, self.setting
        dense = partial(Dense, **knobs.kernels)
        convolution = partial(
            Convolution,
            kernel_size=self.kernel_size,
            stride=1,
            padding=1,
            platform=setting.platform,
            **knobs.kernels,
        )
        layer = convolution if self.kernel_size else dense
        logits, classes = layer(1, name="logit")(features, train=train)[..., 0], None
        pooled = jnp.mean(features, axis=tuple(range(1, features.ndim - 1)))
        if knobs.conditioning == "projection":
            table = dense(pooled.shape[-1], use_bias=False, name="classes")
            row = table(one_hot(given.label, setting.classes, pooled.dtype), train=train)
            inner = jnp.sum(pooled * row, -1)
            logits = logits + inner.reshape(len(inner), *(1,) * (logits.ndim - 1))
        elif knobs.conditioning == "auxiliary":
            classes = dense(setting.classes, name="classes")(pooled, train=train)
        return Judgement(logits, classes=classes, features=trail)
