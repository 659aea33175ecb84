"""Whether torch_stylegan2.py has our StyleGAN2: as many parameters, and the same outputs.

    python experiments/benchmarks/stylegan2_check.py export /tmp/ours.npz
    python-with-torch experiments/benchmarks/stylegan2_check.py compare /tmp/ours.npz

The first command writes our parameters and what they make of one batch, the second loads both.
"""

import argparse
from pathlib import Path

import numpy as np

COUNT = 4  # a group of the minibatch deviation


def export(path: Path) -> None:
    import jax

    from jaxgan.experiments.stylegan2 import preset
    from jaxgan.types import NetworkSetting

    config = preset("auto", 64)
    setting = NetworkSetting((64, 64, 3), config.latent_size, 0, "float32", "cpu")
    keys = jax.random.split(jax.random.key(0), 5)
    generator, discriminator = (
        part.build(setting) for part in (config.generator, config.discriminator)
    )
    of_generator = jax.jit(generator.init)(keys[0])
    of_discriminator = jax.jit(discriminator.init)(keys[1])
    z = jax.random.normal(keys[2], (COUNT, config.latent_size))

    def outputs(of_generator, of_discriminator, z):
        styles, _ = generator.styled.map(keys[3], of_generator, z, train=False)
        # Not clipped, and strengths of noise are 0 at first.
        images = generator.styled.synthesize(keys[3], of_generator, styles, train=True)
        judgement, _ = discriminator.apply(keys[4], of_discriminator, images, train=False)
        return images, judgement.logits

    images, logits = jax.jit(outputs)(of_generator, of_discriminator, z)
    arrays = {"z": z, "images": images.transpose(0, 3, 1, 2), "logits": logits}
    for role, variables in (("generator", of_generator), ("discriminator", of_discriminator)):
        for keys_of_leaf, leaf in jax.tree_util.tree_leaves_with_path(variables.params):
            name = ".".join(key.key for key in keys_of_leaf)
            array = np.asarray(leaf)
            if array.ndim == 4:
                array = array.transpose(0, 3, 1, 2)
            arrays[f"{role}/{name}"] = array.transpose(2, 0, 1) if array.ndim == 3 else array
    np.savez(path, **arrays)


def compare(path: Path) -> None:
    import torch
    import torch_stylegan2

    arrays = {name: torch.from_numpy(array) for name, array in np.load(path).items()}
    made = {}
    for role, kind in (
        ("generator", torch_stylegan2.Generator),
        ("discriminator", torch_stylegan2.Discriminator),
    ):
        made[role] = kind()
        ours = {
            name.split("/")[1]: array
            for name, array in arrays.items()
            if name.startswith(f"{role}/")
        }
        own = dict(made[role].named_parameters())
        assert ours.keys() == own.keys(), ours.keys() ^ own.keys()
        made[role].load_state_dict(ours, strict=False)
        print(f"{role}: {sum(array.numel() for array in own.values()):,} parameters, as ours")
    with torch.no_grad():
        styles = made["generator"].styles(arrays["z"])
        styles = styles[:, None].expand(-1, torch_stylegan2.LAYERS, -1)
        images = made["generator"].synthesis(styles)
        logits = made["discriminator"](images)
    for name, ours, theirs in (
        ("images", arrays["images"], images),
        ("logits", arrays["logits"], logits),
    ):
        error = (ours - theirs).abs().max() / ours.abs().max()
        print(f"{name}: largest difference {error:.1e} of the largest value")
        assert error < 1e-4


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["export", "compare"])
    parser.add_argument("path", type=Path)
    options = parser.parse_args()
    (export if options.what == "export" else compare)(options.path)


if __name__ == "__main__":
    main()
