"""`python -m jaxgan COMMAND RUN_DIR`: what is done with runs."""

from __future__ import annotations

import importlib
import sys

from jaxgan.commands.exit_status import run_command
from jaxgan.errors import UserError

__all__ = ["main"]

COMMANDS = {
    "blur": "judge how blurred a run's samples are, against real images",
    "compare": "lay blur cards side by side, where their numbers compare",
    "project": "find what of a run's generator comes nearest to an image",
    "rerun": "repeat a run from its seed and compare every recorded digest",
    "sample": "draw images from a run's checkpoint",
}
USAGE = "\n".join(
    [
        "usage: python -m jaxgan COMMAND RUN_DIR [--help]",
        "",
        *[f"  {name:8s} {text}" for name, text in COMMANDS.items()],
        "",
        "To train: python -m jaxgan.experiments.wgan --help (or wgan_gp).",
    ]
)


def main() -> None:
    """Dispatch to a command of jaxgan/commands and exit with its status."""
    run_command(lambda: _dispatch(sys.argv[1:]))


def _dispatch(arguments: list[str]) -> int:
    if not arguments or arguments[0] in ("-h", "--help"):
        print(USAGE)
        return 0 if arguments else 2
    name, *rest = arguments
    if name not in COMMANDS:
        raise UserError(f"unknown command {name}: expected one of {', '.join(COMMANDS)}")
    command = importlib.import_module(f"jaxgan.commands.{name}")
    return command.main(rest)


if __name__ == "__main__":
    main()
