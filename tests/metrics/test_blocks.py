"""Marks of 8x8 blocks: by hand on steps, near a half on noise, found after rounding of blocks."""

import numpy as np
import pytest

from jaxgan.metrics import planting
from jaxgan.metrics.blocks import block_edge_share, block_edges


def steps(at: int, width: int = 16) -> np.ndarray:
    """One image, 0 left of column `at` and 1 from there on."""
    image = np.zeros((1, 16, width, 1))
    image[:, :, at:] = 1
    return image


def test_a_step_on_a_block_edge_by_hand():
    # Over the edge 1 - 3·1 + 3·0 - 0 = -2; the other direction has none, and the mean is 1.
    np.testing.assert_array_equal(block_edges(steps(8)), [[1.0, 0.0]])
    assert block_edge_share(block_edges(steps(8))) == 1.0


def test_a_step_beside_a_block_edge_by_hand():
    # The step lies over gap 3. Gap 4, three beside the edge, takes 0, 1, 1, 1: 1 - 3 + 3 - 0 = 1;
    # it is one of four gaps, and one of two directions.
    np.testing.assert_array_equal(block_edges(steps(4)), [[0.0, 0.125]])
    assert block_edge_share(block_edges(steps(4))) == 0.0


def test_every_edge_counts_and_both_directions_count_alike():
    two = block_edges(steps(8, 32))  # edges over gaps 7, 15 and 23, one of them stepped
    np.testing.assert_allclose(two, [[1 / 3, 0.0]])
    turned = steps(8).transpose(0, 2, 1, 3)
    np.testing.assert_array_equal(block_edges(turned), block_edges(steps(8)))


def test_slopes_and_curves_leave_no_mark():
    x = np.linspace(0, 1, 24)
    curved = np.broadcast_to((x**2)[None, None, :, None], (1, 24, 24, 1))
    np.testing.assert_allclose(block_edges(curved), 0, atol=1e-12)


def test_noise_has_as_much_across_as_beside():
    noise = np.random.default_rng(0).random((300, 32, 32, 3))
    assert block_edge_share(block_edges(noise)) == pytest.approx(0.5, abs=0.002)


def test_the_coarser_blocks_are_rounded_the_more_lies_across():
    smooth = planting.blurred(np.random.default_rng(1).random((50, 32, 32, 1)), 2.0)
    smooth = (smooth - smooth.min()) / np.ptp(smooth)
    shares = [
        block_edge_share(block_edges(np.clip(planting.quantized(smooth, step), 0, 1)))
        for step in (0.05, 0.1, 0.2, 0.4)
    ]
    assert shares == sorted(shares)
    assert shares[0] > 0.55


def test_refusals():
    with pytest.raises(ValueError, match="12x20 pixels: expected 14"):
        block_edges(np.random.default_rng(0).random((2, 12, 20, 1)))
    with pytest.raises(ValueError, match="no edges"):
        block_edge_share(np.zeros((3, 2)))
