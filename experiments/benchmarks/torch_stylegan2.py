"""StyleGAN2 at 64 pixels, preset `auto`, in PyTorch: the networks and one update, eager.

Modules and parameters have the names that ours have; stylegan2_check.py loads ours and compares
what comes out. The modulated convolution scales activations, as the authors train it; enlarging is
a transposed convolution and a filter, halving a filter and a strided convolution.
"""

import math
from collections.abc import Iterable
from itertools import pairwise

import torch
from torch import nn
from torch.nn import functional

SHAPE, LATENT, BATCH = (3, 64, 64), 512, 32
CHANNELS = (512, 512, 512, 512, 256)  # of 4, 8 … 64 pixels
LAYERS = 2 * len(CHANNELS)
GAMMA, R1_INTERVAL = 0.0002 * 64**2 / BATCH, 16
PATH_WEIGHT, PATH_DECAY, PATH_INTERVAL, MIXING = 2.0, 0.01, 4, 0.9
HALF_LIFE, RAMP_UP = 10_000, 0.05


def leaky(x: torch.Tensor, gain: float = math.sqrt(2)) -> torch.Tensor:
    return functional.leaky_relu(x, 0.2) * gain


def filtered(x: torch.Tensor, pad: int, gain: float, stride: int = 1) -> torch.Tensor:
    """[1, 3, 3, 1] along both axes, of sum `gain` each, with zeros around."""
    taps = torch.tensor([1.0, 3.0, 3.0, 1.0], device=x.device) * (gain / 8)
    taps = taps.repeat(x.shape[1], 1, 1, 1)
    x = functional.pad(x, [pad] * 4)
    x = functional.conv2d(x, taps, stride=(1, stride), groups=x.shape[1])
    return functional.conv2d(x, taps.transpose(2, 3), stride=(stride, 1), groups=x.shape[1])


def enlarged(x: torch.Tensor) -> torch.Tensor:
    taps = torch.tensor([1.0, 3.0, 3.0, 1.0], device=x.device) / 4
    taps = torch.outer(taps, taps).repeat(x.shape[1], 1, 1, 1)
    return functional.conv_transpose2d(x, taps, stride=2, padding=1, groups=x.shape[1])


class Dense(nn.Module):
    def __init__(self, inputs: int, outputs: int, multiplier: float = 1, bias: float = 0) -> None:
        super().__init__()
        self.multiplier = multiplier
        self.kernel = nn.Parameter(torch.randn(inputs, outputs) / multiplier)
        self.bias = nn.Parameter(torch.full((outputs,), float(bias)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        gain = self.multiplier / math.sqrt(self.kernel.shape[0])
        return torch.addmm(self.bias * self.multiplier, x, self.kernel * gain)


class Convolution(nn.Module):
    def __init__(
        self, inputs: int, outputs: int, size: int, down: bool = False, bias: bool = True
    ) -> None:
        super().__init__()
        self.down = down
        self.kernel = nn.Parameter(torch.randn(outputs, inputs, size, size))
        self.bias = nn.Parameter(torch.zeros(outputs)) if bias else None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        _, inputs, size, _ = self.kernel.shape
        kernel = self.kernel / (size * math.sqrt(inputs))
        if self.down:
            return functional.conv2d(filtered(x, 2, 1.0), kernel, self.bias, stride=2)
        return functional.conv2d(x, kernel, self.bias, padding=size // 2)


class ModulatedLayer(nn.Module):
    def __init__(self, inputs: int, outputs: int, up: bool) -> None:
        super().__init__()
        self.up = up
        self.style = Dense(LATENT, inputs, bias=1)
        self.kernel = nn.Parameter(torch.randn(outputs, inputs, 3, 3))
        self.noise = nn.Parameter(torch.zeros(()))
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
        styles = self.style(w)
        power = self.kernel.square().sum((2, 3))
        x = x * styles[:, :, None, None]
        if self.up:
            spread = self.kernel.flip((2, 3)).transpose(0, 1)
            y = filtered(functional.conv_transpose2d(x, spread, stride=2), 1, 2.0)
        else:
            y = functional.conv2d(x, self.kernel, padding=1)
        y = y * torch.rsqrt(styles.square() @ power.T + 1e-8)[:, :, None, None]
        noise = torch.randn(len(y), 1, *y.shape[2:], device=y.device)
        return leaky(y + self.noise * noise + self.bias[:, None, None])


class ModulatedImage(nn.Module):
    def __init__(self, inputs: int) -> None:
        super().__init__()
        self.style = Dense(LATENT, inputs, bias=1)
        self.kernel = nn.Parameter(torch.randn(3, inputs, 1, 1))
        self.bias = nn.Parameter(torch.zeros(3))

    def forward(self, x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
        styles = self.style(w) / math.sqrt(x.shape[1])
        return functional.conv2d(x * styles[:, :, None, None], self.kernel, self.bias)


class Synthesis(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.constant = nn.Parameter(torch.randn(CHANNELS[0], 4, 4))
        self.count, before = 0, CHANNELS[0]
        for i, features in enumerate(CHANNELS):
            for up in (True, False) if i else (False,):
                self.add_module(f"layer_{self.count}", ModulatedLayer(before, features, up))
                self.count, before = self.count + 1, features
            self.add_module(f"image_{i}", ModulatedImage(features))

    def forward(self, w: torch.Tensor) -> torch.Tensor:
        """[B, L, W] -> [B, 3, H, W]."""
        x, image = self.constant.expand(len(w), -1, -1, -1), None
        for layer in range(self.count):
            x = self.get_submodule(f"layer_{layer}")(x, w[:, layer])
            if layer % 2 == 0:  # the last layer of a size
                more = self.get_submodule(f"image_{layer // 2}")(x, w[:, layer + 1])
                image = more if image is None else enlarged(image) + more
        return image


class Generator(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        names = ("EqualizedDense_0", "EqualizedDense_1")
        self.mapping = nn.ModuleDict({name: Dense(LATENT, LATENT, 0.01) for name in names})
        self.synthesis = Synthesis()
        self.register_buffer("mean", torch.zeros(LATENT))

    def styles(self, z: torch.Tensor) -> torch.Tensor:
        z = z * torch.rsqrt(z.square().mean(1, keepdim=True) + 1e-8)
        for dense in self.mapping.values():
            z = leaky(dense(z))
        return z

    def mixed(self, z: torch.Tensor) -> torch.Tensor:
        """Latents to styles [B, L, W], as while training."""
        w = self.styles(z)
        self.mean.lerp_(w.detach().mean(0), 0.005)
        w = w[:, None].expand(-1, LAYERS, -1)
        if torch.rand(()) >= MIXING:
            return w
        cut = int(torch.randint(1, LAYERS, ()))
        other = self.styles(torch.randn_like(z))[:, None].expand(-1, LAYERS - cut, -1)
        return torch.cat([w[:, :cut], other], 1)

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        return self.synthesis(self.mixed(z))


class HalvingBlock(nn.Module):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.first = Convolution(inputs, inputs, 3)
        self.second = Convolution(inputs, outputs, 3, down=True)
        self.skip = Convolution(inputs, outputs, 1, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = leaky(self.second(leaky(self.first(x))), 1.0)
        return y + math.sqrt(0.5) * self.skip(filtered(x, 1, 1.0, stride=2))


class Discriminator(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        channels = CHANNELS[::-1]
        self.from_image = Convolution(3, channels[0], 1)
        for i, (a, b) in enumerate(pairwise(channels)):
            self.add_module(f"block_{i}", HalvingBlock(a, b))
        self.blocks, last = len(channels) - 1, channels[-1]
        self.convolution = Convolution(last + 1, last, 3)
        self.dense = Dense(16 * last, last)
        self.logit = Dense(last, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = leaky(self.from_image(x))
        for i in range(self.blocks):
            x = self.get_submodule(f"block_{i}")(x)
        groups = x.reshape(4, -1, *x.shape[1:])  # image i is in group i mod (B / 4)
        spread = torch.sqrt(groups.var(0, unbiased=False) + 1e-8).mean((1, 2, 3))
        plane = spread.repeat(4)[:, None, None, None].expand(-1, 1, *x.shape[2:])
        x = leaky(self.convolution(torch.cat([x, plane], 1)))
        x = x.permute(0, 2, 3, 1).flatten(1)  # channels last, as our parameters have them
        return self.logit(leaky(self.dense(x)))[:, 0]


class Training:
    """Both networks with their optimisers, and one update of them at a time."""

    def __init__(self, device: torch.device, pixels: torch.Tensor, batch: int) -> None:
        self.device, self.pixels, self.batch = device, pixels, batch
        self.generator, self.discriminator = Generator().to(device), Discriminator().to(device)
        self.average = Generator().to(device).requires_grad_(False)
        self.average.load_state_dict(self.generator.state_dict())
        adam = {"lr": 0.0025, "betas": (0.0, 0.99)}
        self.of_generator = torch.optim.Adam(self.generator.parameters(), **adam)
        self.of_discriminator = torch.optim.Adam(self.discriminator.parameters(), **adam)
        self.length, self.step = torch.zeros((), device=device), 0

    def update(self) -> None:
        self._descend(self.of_discriminator, self._discriminator_loss)
        self._descend(self.of_generator, self._generator_loss)
        self.step += 1
        half_life = min(HALF_LIFE, RAMP_UP * self.step * self.batch)
        share = 1 - 0.5 ** (self.batch / half_life)
        with torch.no_grad():
            for mean, live in zip(
                self.average.parameters(), self.generator.parameters(), strict=True
            ):
                mean.lerp_(live, share)

    def _descend(self, optimizer: torch.optim.Optimizer, losses) -> None:
        optimizer.zero_grad()
        mine = [p for group in optimizer.param_groups for p in group["params"]]
        for loss in losses():
            _add_gradients(loss, mine)
        optimizer.step()

    def _latents(self) -> torch.Tensor:
        return torch.randn(self.batch, LATENT, device=self.device)

    def _discriminator_loss(self) -> Iterable[torch.Tensor]:
        picked = torch.randint(0, len(self.pixels), (self.batch,), device=self.device)
        real = self.pixels[picked].float() / 127.5 - 1
        with torch.no_grad():
            fake = self.generator(self._latents())
        judge = self.discriminator
        yield functional.softplus(judge(fake)).mean()
        yield functional.softplus(-judge(real)).mean()
        if self.step % R1_INTERVAL == 0:
            real.requires_grad_()
            (slope,) = torch.autograd.grad(judge(real).sum(), real, create_graph=True)
            yield R1_INTERVAL * GAMMA / 2 * slope.square().sum((1, 2, 3)).mean()

    def _generator_loss(self) -> Iterable[torch.Tensor]:
        yield functional.softplus(-self.discriminator(self.generator(self._latents()))).mean()
        if self.step % PATH_INTERVAL == 0:
            w = self.generator.mixed(self._latents())
            image = self.generator.synthesis(w)
            noise = torch.randn_like(image) / math.sqrt(image.shape[2] * image.shape[3])
            (slope,) = torch.autograd.grad((image * noise).sum(), w, create_graph=True)
            lengths = slope.square().sum(2).mean(1).sqrt()
            self.length.lerp_(lengths.detach().mean(), PATH_DECAY)
            yield PATH_INTERVAL * PATH_WEIGHT * (lengths - self.length).square().mean()


def _add_gradients(loss: torch.Tensor, parameters: list[nn.Parameter]) -> None:
    """Backward into one network's parameters; the other's are not asked for."""
    loss.backward(inputs=parameters)
