"""The PyTorch side of update_speed.py: the same networks and the same update, eager.

Reads numbers of updates from standard input; answers each with the seconds they took, and at the
end of the input with its peak memory in MiB. Networks, losses, optimisers and batch are those of
jaxgan.experiments.wgan_gp: 28x28x1, width 64, batch 64, five discriminator steps to an update.
"""

import argparse
import json
import resource
import sys
import time

import torch
from torch import nn
from torch.nn import functional

EXAMPLES, BATCH, WIDTH, LATENT, CRITIC_STEPS, WEIGHT = 10_000, 64, 64, 128, 5, 10.0


class Generator(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.project = nn.Linear(LATENT, 7 * 7 * 2 * WIDTH, bias=False)
        self.norm1 = nn.BatchNorm2d(2 * WIDTH)
        self.up1 = nn.ConvTranspose2d(2 * WIDTH, WIDTH, 4, 2, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(WIDTH)
        self.up2 = nn.ConvTranspose2d(WIDTH, 1, 4, 2, 1)

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        x = self.project(z).view(-1, 2 * WIDTH, 7, 7)
        x = functional.relu(self.norm1(x))
        x = functional.relu(self.norm2(self.up1(x)))
        return torch.tanh(self.up2(x))


class Discriminator(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.down1 = nn.Conv2d(1, WIDTH, 4, 2, 1)
        self.down2 = nn.Conv2d(WIDTH, 2 * WIDTH, 4, 2, 1)
        self.head = nn.Linear(7 * 7 * 2 * WIDTH, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = functional.leaky_relu(self.down1(x), 0.2)
        x = functional.leaky_relu(self.down2(x), 0.2)
        return self.head(x.flatten(1))[:, 0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--compile", action="store_true", help="torch.compile both steps")
    parser.add_argument("--channels-last", action="store_true", help="NHWC memory format")
    options = parser.parse_args()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    layout = torch.channels_last if options.channels_last else torch.contiguous_format
    generator = Generator().to(device, memory_format=layout)
    discriminator = Discriminator().to(device, memory_format=layout)
    adam = {"lr": 1e-4, "betas": (0.5, 0.9)}
    optimizer_g = torch.optim.Adam(generator.parameters(), **adam)
    optimizer_d = torch.optim.Adam(discriminator.parameters(), **adam)
    pixels = torch.randint(0, 256, (EXAMPLES, 1, 28, 28), dtype=torch.uint8, device=device)

    def discriminator_loss() -> torch.Tensor:
        real = pixels[torch.randint(0, EXAMPLES, (BATCH,), device=device)].float() / 127.5 - 1
        with torch.no_grad():
            fake = generator(torch.randn(BATCH, LATENT, device=device))
        mix = torch.rand(BATCH, 1, 1, 1, device=device)
        between = (mix * real + (1 - mix) * fake).requires_grad_()
        logits = discriminator(between).sum()
        (gradient,) = torch.autograd.grad(logits, between, create_graph=True)
        penalty = ((gradient.flatten(1).norm(dim=1) - 1) ** 2).mean()
        return discriminator(fake).mean() - discriminator(real).mean() + WEIGHT * penalty

    def generator_loss() -> torch.Tensor:
        return -discriminator(generator(torch.randn(BATCH, LATENT, device=device))).mean()

    if options.compile:
        generator_loss = torch.compile(generator_loss)  # double backward does not compile

    def update() -> None:
        for _ in range(CRITIC_STEPS):
            optimizer_d.zero_grad()
            discriminator_loss().backward()
            optimizer_d.step()
        optimizer_g.zero_grad()
        generator_loss().backward()
        optimizer_g.step()

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
