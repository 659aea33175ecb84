"""Strict by default: what JAX can forbid is forbidden, on eight virtual CPU devices."""

import os
from pathlib import Path

DEVICES = 8
# Most of the suite's time is compiling tiny programs once. Processes that tests start have XLA's
# defaults instead, if not told otherwise (tests/tiny.py): what is promised of bits is tested there,
# on optimised code.
FLAGS = f"--xla_force_host_platform_device_count={DEVICES} --xla_backend_optimization_level=0"
os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} {FLAGS}".strip()
os.environ["JAX_PLATFORMS"] = "cpu"
# Processes of one session, and later sessions, share what they compile.
CACHE = Path(__file__).parents[1] / ".pytest_cache" / "xla"
os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(CACHE))
os.environ.setdefault("JAX_PERSISTENT_COMPILATION_CACHE_MIN_COMPILE_TIME_SECS", "0.2")

import jax  # noqa: E402  the environment must be set first

jax.config.update("jax_numpy_rank_promotion", "raise")
jax.config.update("jax_debug_key_reuse", True)
