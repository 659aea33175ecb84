"""R3GAN (Huang et al. 2025, arXiv:2501.05441) at 32 pixels and a quarter of the width, in PyTorch:
the networks and one update, eager, without labels and augmentation."""

import math
from collections.abc import Iterable

import torch
from torch import nn
from torch.nn import functional
from torch_stylegan2 import enlarged, filtered

SHAPE, LATENT, BATCH = (3, 32, 32), 64, 32
WIDTH, GROUPS, SIZES, BLOCKS = 192, 24, 4, 2  # sizes of 4, 8, 16 and 32 pixels
ANNEALED = 20_000_000  # images over which everything below moves from its first to its last value
RATE, BETA2, GAMMA, HALF_LIFE = (2e-4, 5e-5), (0.9, 0.99), (0.05, 0.005), (0.0, 5e6)


def annealed(ends: tuple[float, float], images: int) -> float:
    first, last = ends
    done = (1 - math.cos(math.pi * min(images / ANNEALED, 1.0))) / 2
    return first + done * (last - first)


def convolution(inputs: int, outputs: int, size: int, gain: float, groups: int = 1) -> nn.Conv2d:
    layer = nn.Conv2d(inputs, outputs, size, padding=size // 2, groups=groups, bias=False)
    nn.init.normal_(layer.weight, std=gain / math.sqrt(inputs // groups * size**2))
    return layer


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        gain, wide = math.sqrt(2 / 1.04) * (SIZES * BLOCKS) ** -0.25, 2 * WIDTH
        self.wider = convolution(WIDTH, wide, 1, gain)
        self.grouped = convolution(wide, wide, 3, gain, GROUPS)
        self.narrower = convolution(wide, WIDTH, 1, 0.0)
        self.bias1, self.bias2 = (nn.Parameter(torch.zeros(wide, 1, 1)) for _ in range(2))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = functional.leaky_relu(self.wider(x) + self.bias1, 0.2)
        y = functional.leaky_relu(self.grouped(y) + self.bias2, 0.2)
        return x + self.narrower(y)


class Generator(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.basis = nn.Parameter(torch.randn(WIDTH, 4, 4))
        self.project = nn.Linear(LATENT, WIDTH, bias=False)
        nn.init.normal_(self.project.weight, std=1 / math.sqrt(LATENT))
        self.sizes = nn.ModuleList(
            nn.Sequential(*(Block() for _ in range(BLOCKS))) for _ in range(SIZES)
        )
        self.image = convolution(WIDTH, 3, 1, 1.0)

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        x = self.basis * self.project(z)[:, :, None, None]
        for i, blocks in enumerate(self.sizes):
            x = blocks(enlarged(x) if i else x)
        return self.image(x)


class Discriminator(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.from_image = convolution(3, WIDTH, 1, 1.0)
        self.sizes = nn.ModuleList(
            nn.Sequential(*(Block() for _ in range(BLOCKS))) for _ in range(SIZES)
        )
        self.last = nn.Conv2d(WIDTH, WIDTH, 4, groups=WIDTH, bias=False)
        nn.init.normal_(self.last.weight, std=1 / 4)
        self.logit = nn.Linear(WIDTH, 1, bias=False)
        nn.init.normal_(self.logit.weight, std=1 / math.sqrt(WIDTH))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.from_image(x)
        for i, blocks in enumerate(self.sizes):
            x = blocks(filtered(x, 1, 1.0, stride=2) if i else x)
        return self.logit(self.last(x).flatten(1))[:, 0]


class MovingAdam:
    """Adam with beta1 0, whose beta2 moves: the correction is by the present beta2's power."""

    def __init__(self, parameters: Iterable[nn.Parameter]) -> None:
        self.parameters = list(parameters)
        self.squares = [torch.zeros_like(p) for p in self.parameters]
        self.count = 0

    @torch.no_grad()
    def step(self, rate: float, beta2: float) -> None:
        self.count += 1
        slopes = [p.grad for p in self.parameters]
        torch._foreach_mul_(self.squares, beta2)
        torch._foreach_addcmul_(self.squares, slopes, slopes, 1 - beta2)
        roots = torch._foreach_sqrt(torch._foreach_div(self.squares, 1 - beta2**self.count))
        torch._foreach_add_(roots, 1e-8)
        torch._foreach_addcdiv_(self.parameters, slopes, roots, -rate)


class Training:
    """Both networks with their optimisers, and one update of them at a time."""

    def __init__(self, device: torch.device, pixels: torch.Tensor, batch: int) -> None:
        self.device, self.pixels, self.batch = device, pixels, batch
        self.generator, self.discriminator = Generator().to(device), Discriminator().to(device)
        self.average = Generator().to(device).requires_grad_(False)
        self.average.load_state_dict(self.generator.state_dict())
        self.of_generator = MovingAdam(self.generator.parameters())
        self.of_discriminator = MovingAdam(self.discriminator.parameters())
        self.images = 0

    def update(self) -> None:
        self._descend(self.of_discriminator, self._discriminator_loss)
        self._descend(self.of_generator, self._generator_loss)
        self.images += self.batch
        share = 1 - 0.5 ** (self.batch / max(annealed(HALF_LIFE, self.images), 1e-8))
        with torch.no_grad():
            torch._foreach_lerp_(
                list(self.average.parameters()), list(self.generator.parameters()), share
            )

    def _descend(self, optimizer: MovingAdam, loss) -> None:
        for p in optimizer.parameters:
            p.grad = None
        loss().backward(inputs=optimizer.parameters)
        optimizer.step(annealed(RATE, self.images), annealed(BETA2, self.images))

    def _real(self) -> torch.Tensor:
        picked = torch.randint(0, len(self.pixels), (self.batch,), device=self.device)
        return self.pixels[picked].float() / 127.5 - 1

    def _latents(self) -> torch.Tensor:
        return torch.randn(self.batch, LATENT, device=self.device)

    def _discriminator_loss(self) -> torch.Tensor:
        real = self._real().requires_grad_()
        with torch.no_grad():
            fake = self.generator(self._latents())
        fake.requires_grad_()
        of_real, of_fake = self.discriminator(real), self.discriminator(fake)
        loss = functional.softplus(of_fake - of_real).mean()
        for images, logits in ((real, of_real), (fake, of_fake)):
            (slope,) = torch.autograd.grad(logits.sum(), images, create_graph=True)
            penalty = slope.square().sum((1, 2, 3)).mean()
            loss = loss + annealed(GAMMA, self.images) / 2 * penalty
        return loss

    def _generator_loss(self) -> torch.Tensor:
        of_fake = self.discriminator(self.generator(self._latents()))
        return functional.softplus(self.discriminator(self._real()) - of_fake).mean()
