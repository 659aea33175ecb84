"""The numbers of torch-fidelity 0.4.0 on the same features, printed by its own functions.

`fid_statistics_to_metric(*map(fid_features_to_statistics, (real, fake)), False)`,
`kid_features_to_metric(real, fake, kid_subsets=1, kid_subset_size=600, verbose=False)`,
`isc_features_to_metric(logits, splits=1, shuffle=False)` and
`prc_features_to_metric(fake, real, prc_neighborhood=3, prc_batch_size=10000, save_cpu_ram=False,
verbose=False)`, each argument through `torch.from_numpy`.
"""

import numpy as np
import pytest
from scipy.special import softmax

from jaxgan.metrics import frechet_distance, inception_score, kernel_distance, precision_recall

FRECHET = 13.5540270763031
KERNEL = 12.19975871832645
SCORE = 2.6456583428251474
PRECISION, RECALL = 0.89, 0.71  # of 600 each, in float32 there


@pytest.fixture(scope="module")
def features():
    rng = np.random.default_rng(2020)
    mixing = rng.normal(size=(24, 24))
    real = rng.normal(size=(600, 24)) @ mixing
    fake = 0.9 * rng.normal(size=(600, 24)) @ mixing + 0.3
    return real, fake, 2 * rng.normal(size=(600, 10))


def test_frechet_distance(features):
    assert frechet_distance(*features[:2]) == pytest.approx(FRECHET, rel=1e-9)


def test_kernel_distance(features):
    found = kernel_distance(*features[:2], np.random.default_rng(0), 1, 600)
    assert found.mean == pytest.approx(KERNEL, rel=1e-9)


def test_inception_score(features):
    found = inception_score(softmax(features[2], axis=1), np.random.default_rng(0), splits=1)
    assert found.mean == pytest.approx(SCORE, rel=1e-9)


def test_precision_and_recall(features):
    found = precision_recall(*features[:2], k=3)
    assert (found.precision, found.recall) == pytest.approx((PRECISION, RECALL), abs=1e-7)
