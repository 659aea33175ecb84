"""The filter by the laws that define it."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import scipy.special

from jaxgan.augment.wavelet import MARGIN, SYM6, doubling, halving


def test_the_taps_are_orthonormal_at_even_distances():
    for shift in range(6):
        product = SYM6[2 * shift :] @ SYM6[: 12 - 2 * shift]
        assert product == pytest.approx(float(shift == 0), abs=1e-10)
    assert SYM6.sum() == pytest.approx(np.sqrt(2), abs=1e-10)


def test_six_moments_of_the_high_pass_vanish():
    signs = (-1.0) ** np.arange(12)
    for power in range(6):
        assert (signs * SYM6) @ np.arange(12.0) ** power == pytest.approx(0, abs=1e-5)


def test_no_other_filter_with_these_moments_is_less_asymmetric():
    # |H|² = 2 cos^12 P(sin²), P(y) = Σ C(5+k, k) y^k; of each pair or quadruple of roots one half.
    roots = np.roots([scipy.special.comb(5 + k, k) for k in range(5, -1, -1)])
    halves = []
    for root in (r for r in roots if r.imag >= -1e-9):
        z = np.roots([1, 4 * root - 2, 1])  # y = (2 - z - 1/z) / 4
        real = abs(root.imag) < 1e-9
        halves.append([[x] if real else [x, np.conj(x)] for x in z])
    filters = []
    for chosen in itertools.product(*halves):
        taps = np.real(np.poly([-1] * 6 + [x for group in chosen for x in group]))
        filters.append(taps * np.sqrt(2) / taps.sum())
    assert min(np.abs(taps - SYM6).max() for taps in filters) < 1e-8

    def asymmetry(taps):
        """Distance of the phase from a straight line, over the lower half of the spectrum."""
        w = np.linspace(0, np.pi / 2, 200)
        phase = np.unwrap(np.angle(np.exp(-1j * np.outer(w, np.arange(12))) @ taps))
        slope = (w @ phase) / (w @ w)
        return np.abs(phase - slope * w).max()

    least = min(map(asymmetry, filters))
    assert asymmetry(SYM6) == pytest.approx(least, rel=1e-6)


@pytest.mark.parametrize("side", [4, 16, 17, 32])
def test_doubled_and_halved_is_the_same(side):
    rows = np.arange(-MARGIN, 2 * side + MARGIN) % (4 * side - 4)
    np.testing.assert_allclose(halving(side) @ doubling(side)[rows], np.eye(side), atol=1e-9)


@pytest.mark.parametrize("side", [4, 9, 16])
def test_doubling_against_a_convolution_of_the_mirrored_row(side):
    row = np.random.default_rng(0).normal(size=side)
    mirrored = np.pad(row, (20, 3 * side + 20), mode="reflect")
    zeros_between = np.zeros(2 * len(mirrored))
    zeros_between[::2] = mirrored
    # The sum of the taps that meet a pixel is 1; sample 0 lies on pixel 0, five taps before.
    whole = np.convolve(zeros_between, SYM6 * np.sqrt(2))
    expected = whole[40 + 5 :][: 4 * side - 4]
    np.testing.assert_allclose(doubling(side) @ row, expected, atol=1e-12)


def test_a_ramp_is_doubled_to_a_ramp():
    # Sample m lies at pixel m / 2, to a tenth of a pixel.
    ramp = doubling(32) @ np.arange(32.0)
    np.testing.assert_allclose(ramp[16:46], np.arange(16, 46) / 2, atol=0.11)
