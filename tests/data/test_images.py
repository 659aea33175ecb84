"""Pictures of every mode as uint8 squares, and the numbers that come out, by hand."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from jaxgan.data.images import as_square, check_form, check_indices, fingerprint
from jaxgan.errors import UserError

LANCZOS = Image.Resampling.LANCZOS
RAMP = np.arange(64, dtype=np.uint8).reshape(8, 8) * 4


def test_a_picture_of_the_right_size_is_passed_through():
    np.testing.assert_array_equal(as_square(Image.fromarray(RAMP), 8, 1)[..., 0], RAMP)
    colour = np.stack([RAMP, RAMP.T, 255 - RAMP], axis=-1)
    np.testing.assert_array_equal(as_square(Image.fromarray(colour), 8, 3), colour)


def test_grey_and_rgb():
    grey = Image.fromarray(RAMP)
    np.testing.assert_array_equal(as_square(grey, 8, 3), np.repeat(RAMP[..., None], 3, -1))
    red = Image.new("RGB", (8, 8), (200, 100, 50))
    # ITU-R 601: 0.299 * 200 + 0.587 * 100 + 0.114 * 50 = 124.2
    assert (as_square(red, 8, 1) == 124).all()


def test_sixteen_bit_grey_is_scaled_not_clipped():
    levels = np.array([0, 128, 129, 257, 32768, 65535], np.uint16)
    wide = np.tile(np.resize(levels, 8), (8, 1))
    # value * 255 / 65535: 0, 0.498, 0.502, 1, 127.502, 255
    expected = np.resize(np.array([0, 0, 1, 1, 128, 255], np.uint8), 8)
    np.testing.assert_array_equal(as_square(Image.fromarray(wide), 8, 1)[3, :, 0], expected)


def test_transparency_is_laid_over_black():
    half = Image.new("RGBA", (8, 8), (200, 100, 50, 128))
    # 200 * 128 / 255 = 100.4, 50.2, 25.1
    assert (as_square(half, 8, 3) == [100, 50, 25]).all()
    hidden = Image.new("LA", (8, 8), (255, 0))
    assert (as_square(hidden, 8, 1) == 0).all()
    palette = Image.new("P", (8, 8), 1)
    palette.putpalette([0, 0, 0, 10, 20, 30])
    assert (as_square(palette, 8, 3) == [10, 20, 30]).all()
    palette.info["transparency"] = 1
    assert (as_square(palette, 8, 3) == 0).all()


def test_the_centre_is_kept_and_the_short_side_fills_the_square():
    wide = np.zeros((20, 60), np.uint8)
    wide[:, 20:40] = 200
    for pixels in (wide, wide.T):
        assert (as_square(Image.fromarray(pixels), 20, 1) == 200).all()
        # At the cut the filter sees beyond it, as it would if the whole picture was scaled.
        whole = Image.fromarray(pixels).resize(
            (pixels.shape[1] // 2, pixels.shape[0] // 2), LANCZOS
        )
        left, top = (whole.width - 10) // 2, (whole.height - 10) // 2
        np.testing.assert_array_equal(
            as_square(Image.fromarray(pixels), 10, 1)[..., 0],
            np.asarray(whole)[top : top + 10, left : left + 10],
        )


def test_reduction_does_not_alias():
    # Stripes one pixel wide are above what 1/4 of the size can hold: all that may stay is grey.
    stripes = np.tile(np.array([0, 255], np.uint8), (64, 32))
    small = as_square(Image.fromarray(stripes), 16, 1)[2:-2, 2:-2]
    assert np.abs(small.astype(int) - 127.5).max() < 2


def test_thirty_two_bit_pictures_are_refused():
    for mode in ("I", "F"):
        with pytest.raises(ValueError, match="32-bit"):
            as_square(Image.new(mode, (8, 8)), 8, 1)


def test_form_and_indices_are_checked():
    check_form(None, None)
    check_form(8, 3)
    with pytest.raises(UserError, match="image size 7 is too small"):
        check_form(7, 1)
    with pytest.raises(UserError, match="channels 4 is not possible"):
        check_form(8, 4)
    assert check_indices(np.array([0, 9]), 10).dtype == np.int64
    for wrong in ([-1], [10], [[0]]):
        with pytest.raises(IndexError):
            check_indices(np.array(wrong), 10)


def test_fingerprint_is_a_sha256_that_tells_parts_apart():
    # printf '["a", 1]' | sha256sum
    assert fingerprint("a", 1) == (
        "2657442bb4a48d62f780ea60395ef2d203da2669fa41cdc1f4f080b25ddb1a6a"
    )
    assert len({fingerprint("ab"), fingerprint("a", "b"), fingerprint("a", 1)}) == 3


def test_importing_the_package_imports_no_picture_library():
    code = (
        "import sys, jaxgan.data; "
        "sys.exit(str([m for m in ('PIL', 'tensorflow_datasets', 'grain') if m in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr.strip() == "[]"
