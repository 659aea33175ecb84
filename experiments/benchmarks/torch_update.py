"""The PyTorch side of update_speed.py: the same networks and the same update, eager.

Reads numbers of updates from standard input; answers each with the seconds they took, and at the
end of the input with its peak memory in MiB. Networks, losses, optimisers and batch are those of
the variant's CONFIG in jaxgan.experiments.
"""

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

import torch
import torch_r3gan
import torch_stylegan2
from torch import nn
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm

EXAMPLES, BATCH = 10_000, 64

Update = Callable[[], None]


class DCGANGenerator(nn.Module):
    def __init__(self, latent: int, grid: int, widths: list[int], channels: int) -> None:
        super().__init__()
        self.grid, self.first = grid, widths[0]
        self.project = nn.Linear(latent, grid * grid * widths[0], bias=False)
        self.norms = nn.ModuleList(nn.BatchNorm2d(width) for width in widths)
        self.ups = nn.ModuleList(
            nn.ConvTranspose2d(a, b, 4, 2, 1, bias=b == channels)
            for a, b in zip(widths, [*widths[1:], channels], strict=True)
        )

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        x = self.project(z).view(-1, self.first, self.grid, self.grid)
        for norm, up in zip(self.norms, self.ups, strict=True):
            x = up(functional.relu(norm(x)))
        return torch.tanh(x)


class DCGANDiscriminator(nn.Module):
    def __init__(self, grid: int, widths: list[int], channels: int, norm: bool) -> None:
        super().__init__()
        self.downs = nn.ModuleList(
            nn.Conv2d(a, b, 4, 2, 1, bias=not norm or i == 0)
            for i, (a, b) in enumerate(zip([channels, *widths], widths, strict=False))
        )
        self.norms = nn.ModuleList(
            nn.BatchNorm2d(width) if norm and i else nn.Identity() for i, width in enumerate(widths)
        )
        self.head = nn.Linear(grid * grid * widths[-1], 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for down, norm in zip(self.downs, self.norms, strict=True):
            x = functional.leaky_relu(norm(down(x)), 0.2)
        return self.head(x.flatten(1))[:, 0]


class UpBlock(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.BatchNorm2d(width), nn.BatchNorm2d(width)
        self.conv1 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1)
        self.skip = nn.Conv2d(width, width, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = functional.interpolate(functional.relu(self.norm1(x)), scale_factor=2)
        y = self.conv2(functional.relu(self.norm2(self.conv1(y))))
        return self.skip(functional.interpolate(x, scale_factor=2)) + y


class ResidualGenerator(nn.Module):
    def __init__(self, latent: int, width: int) -> None:
        super().__init__()
        self.width = width
        self.project = nn.Linear(latent, 4 * 4 * width)
        self.blocks = nn.Sequential(*(UpBlock(width) for _ in range(3)))
        self.norm = nn.BatchNorm2d(width)
        self.image = nn.Conv2d(width, 3, 3, 1, 1)

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        x = self.blocks(self.project(z).view(-1, self.width, 4, 4))
        return torch.tanh(self.image(functional.relu(self.norm(x))))


class DownBlock(nn.Module):
    def __init__(self, inputs: int, width: int, halves: bool, is_first: bool) -> None:
        super().__init__()
        self.halves, self.is_first = halves, is_first
        self.conv1 = spectral_norm(nn.Conv2d(inputs, width, 3, 1, 1))
        self.conv2 = spectral_norm(nn.Conv2d(width, width, 3, 1, 1))
        self.skip = spectral_norm(nn.Conv2d(inputs, width, 1)) if halves else None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = x if self.is_first else functional.leaky_relu(x, 0.2)
        y = self.conv2(functional.leaky_relu(self.conv1(y), 0.2))
        if self.skip is None:
            return x + y
        return self.skip(functional.avg_pool2d(x, 2)) + functional.avg_pool2d(y, 2)


class ResidualDiscriminator(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.blocks = nn.Sequential(
            DownBlock(3, width, True, True),
            DownBlock(width, width, True, False),
            DownBlock(width, width, False, False),
            DownBlock(width, width, False, False),
        )
        self.head = spectral_norm(nn.Linear(width, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(functional.leaky_relu(self.blocks(x), 0.2).sum((2, 3)))[:, 0]


def gradient_penalty(judge: nn.Module, real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
    mix = torch.rand(BATCH, 1, 1, 1, device=real.device)
    between = (mix * real + (1 - mix) * fake).requires_grad_()
    (gradient,) = torch.autograd.grad(judge(between).sum(), between, create_graph=True)
    return 10.0 * ((gradient.flatten(1).norm(dim=1) - 1) ** 2).mean()


@dataclass
class Variant:
    shape: tuple[int, int, int]
    latent: int
    critic_steps: int
    adam: dict[str, object]
    generator: Callable[[], nn.Module]
    discriminator: Callable[[], nn.Module]
    discriminator_loss: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
    generator_loss: Callable[[torch.Tensor], torch.Tensor]
    penalized: bool = False


VARIANTS = {
    "wgan_gp": Variant(
        (1, 28, 28),
        128,
        5,
        {"lr": 1e-4, "betas": (0.5, 0.9)},
        lambda: DCGANGenerator(128, 7, [128, 64], 1),
        lambda: DCGANDiscriminator(7, [64, 128], 1, norm=False),
        lambda real, fake: (fake - real).mean(),
        lambda fake: -fake.mean(),
        penalized=True,
    ),
    "dcgan": Variant(
        (3, 32, 32),
        100,
        1,
        {"lr": 2e-4, "betas": (0.5, 0.999)},
        lambda: DCGANGenerator(100, 4, [256, 128, 64], 3),
        lambda: DCGANDiscriminator(4, [64, 128, 256], 3, norm=True),
        lambda real, fake: (functional.softplus(-real) + functional.softplus(fake)).mean(),
        lambda fake: functional.softplus(-fake).mean(),
    ),
    "sngan": Variant(
        (3, 32, 32),
        128,
        5,
        {"lr": 2e-4, "betas": (0.0, 0.9)},
        lambda: ResidualGenerator(128, 256),
        lambda: ResidualDiscriminator(128),
        lambda real, fake: (functional.relu(1 - real) + functional.relu(1 + fake)).mean(),
        lambda fake: -fake.mean(),
    ),
}


LARGE = {"stylegan2": torch_stylegan2, "r3gan": torch_r3gan}
"""Variants in files of their own."""


def large_update(variant: ModuleType, device: torch.device, batch: int | None) -> Update:
    pixels = torch.randint(0, 256, (EXAMPLES, *variant.SHAPE), dtype=torch.uint8, device=device)
    return variant.Training(device, pixels, batch or variant.BATCH).update


def small_update(variant: Variant, device: torch.device, options: argparse.Namespace) -> Update:
    layout = torch.channels_last if options.channels_last else torch.contiguous_format
    generator = variant.generator().to(device, memory_format=layout)
    discriminator = variant.discriminator().to(device, memory_format=layout)
    optimizer_g = torch.optim.Adam(generator.parameters(), **variant.adam)
    optimizer_d = torch.optim.Adam(discriminator.parameters(), **variant.adam)
    pixels = torch.randint(0, 256, (EXAMPLES, *variant.shape), dtype=torch.uint8, device=device)

    def latents() -> torch.Tensor:
        return torch.randn(BATCH, variant.latent, device=device)

    def discriminator_loss() -> torch.Tensor:
        real = pixels[torch.randint(0, EXAMPLES, (BATCH,), device=device)].float() / 127.5 - 1
        real = real.contiguous(memory_format=layout)
        with torch.no_grad():
            fake = generator(latents())
        loss = variant.discriminator_loss(discriminator(real), discriminator(fake))
        return loss + gradient_penalty(discriminator, real, fake) if variant.penalized else loss

    def generator_loss() -> torch.Tensor:
        return variant.generator_loss(discriminator(generator(latents())))

    if options.compile:
        generator_loss = torch.compile(generator_loss)  # double backward does not compile

    def update() -> None:
        for _ in range(variant.critic_steps):
            optimizer_d.zero_grad()
            discriminator_loss().backward()
            optimizer_d.step()
        optimizer_g.zero_grad()
        generator_loss().backward()
        optimizer_g.step()

    return update


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--variant", choices=[*VARIANTS, *LARGE], default="wgan_gp")
    parser.add_argument("--batch-size", type=int, help="of stylegan2 and r3gan")
    parser.add_argument("--compile", action="store_true", help="torch.compile the generator's loss")
    parser.add_argument("--channels-last", action="store_true", help="NHWC memory format")
    options = parser.parse_args()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if options.variant in LARGE:
        update = large_update(LARGE[options.variant], device, options.batch_size)
    else:
        update = small_update(VARIANTS[options.variant], device, options)

    def updates(count: int) -> float:
        start = time.perf_counter()
        for _ in range(count):
            update()
        if device.type == "cuda":
            torch.cuda.synchronize()
        return time.perf_counter() - start

    updates(1)
    for line in sys.stdin:
        print(json.dumps({"seconds": updates(int(line))}), flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    name = torch.cuda.get_device_name() if device.type == "cuda" else "cpu"
    print(json.dumps({"peak_mib": peak, "device": name}))


if __name__ == "__main__":
    main()
