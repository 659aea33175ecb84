"""What checkpointing every 1000 updates costs, as a share of the time of a run.

    cd experiments/benchmarks && python checkpoint_cost.py --out checkpoint_cost.json

Times `wgan --quick`'s updates, the fastest there are, and its checkpoints: the seconds until the
loop goes on (digest of the state, copy off the device) and until all is on disk. The share counts
both in full, as if nothing overlapped.
"""

import argparse
import json
import os
import platform
import statistics
import tempfile
import time
from contextlib import closing
from pathlib import Path

from quick_run import QuickRun

from jaxgan.digest import leaf_digests
from jaxgan.training.checkpoint import Checkpoints

UPDATES_BETWEEN = 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=10)
    parser.add_argument("--out", type=Path, help="JSON file to write")
    options = parser.parse_args()
    run = QuickRun()
    update, blocking, whole = [], [], []
    with tempfile.TemporaryDirectory() as folder, closing(Checkpoints(Path(folder))) as checkpoints:
        for turn in range(options.turns + 1):
            seconds_an_update = run.update()
            ran = time.perf_counter()
            leaf_digests(run.state)
            checkpoints.save(run.step, run.state)
            returned = time.perf_counter()
            checkpoints.wait()
            if turn:  # the first one compiles
                update.append(seconds_an_update)
                blocking.append(returned - ran)
                whole.append(time.perf_counter() - ran)
    result = {
        "update_seconds": statistics.median(update),
        "checkpoint_blocking_seconds": statistics.median(blocking),
        "checkpoint_seconds": statistics.median(whole),
    }
    share = result["checkpoint_seconds"] / (UPDATES_BETWEEN * result["update_seconds"])
    print(f"an update {result['update_seconds'] * 1e3:.1f} ms")
    print(f"a checkpoint {result['checkpoint_seconds'] * 1e3:.0f} ms, of which the loop waits")
    print(f"{result['checkpoint_blocking_seconds'] * 1e3:.0f} ms")
    print(f"every {UPDATES_BETWEEN} updates: {share:.2%} of the time at most")
    if options.out:
        machine_info = {"platform": platform.platform(), "cores": os.cpu_count()}
        record = {**machine_info, **result, "share_at_most": share}
        options.out.write_text(json.dumps(record, indent=2) + "\n")


if __name__ == "__main__":
    main()
