"""Numbers about samples: pure functions, arrays in, numbers out.

Images are [N, H, W, C] in [0, 1], or uint8; features [N, d]. What cannot be measured is refused.
"""

from jaxgan.metrics.blocks import block_edge_share, block_edges
from jaxgan.metrics.blur_bands import BlurBand, blur_interval, null_band
from jaxgan.metrics.blur_fit import BlurFit, blur, fit_blur
from jaxgan.metrics.blur_transfer import BlurTransfer, gaussian_transfer, measured_transfer
from jaxgan.metrics.classes import ClassBalance, class_balance
from jaxgan.metrics.edge_log import edge_radius_estimate
from jaxgan.metrics.edges import EdgeSpread, edge_spread, known_edge_spread, mean_edge_profile
from jaxgan.metrics.equivalent_blur import (
    BlurSeries,
    EquivalentBlur,
    blur_series,
    equivalent_blur,
)
from jaxgan.metrics.frechet import Moments, frechet_between, frechet_distance, moments
from jaxgan.metrics.gradients import GradientDistance, gradient_distance, gradient_magnitudes
from jaxgan.metrics.inception_score import InceptionScore, inception_score
from jaxgan.metrics.kernel import KernelDistance, kernel_distance
from jaxgan.metrics.memorisation import (
    authentic_percent,
    birthday,
    copying_z,
    training_distance,
)
from jaxgan.metrics.modes import ModeCount, count_modes, grid_of_modes, ring_of_modes
from jaxgan.metrics.ms_ssim import ms_ssim, ms_ssim_diversity
from jaxgan.metrics.neighbours import density_coverage, neighbourhoods, precision_recall
from jaxgan.metrics.sharpness import (
    crete_blur,
    median_noise,
    tenengrad,
    variance_of_laplacian,
)
from jaxgan.metrics.sliced_wasserstein import sliced_wasserstein
from jaxgan.metrics.spectrum import (
    checkerboard_index,
    frequencies,
    high_frequency_ratio,
    image_spectra,
    log_spectral_distance,
    power_spectrum_2d,
    slope,
)

__all__ = [
    "BlurBand",
    "BlurFit",
    "BlurSeries",
    "BlurTransfer",
    "ClassBalance",
    "EdgeSpread",
    "EquivalentBlur",
    "GradientDistance",
    "InceptionScore",
    "KernelDistance",
    "ModeCount",
    "Moments",
    "authentic_percent",
    "birthday",
    "block_edge_share",
    "block_edges",
    "blur",
    "blur_interval",
    "blur_series",
    "checkerboard_index",
    "class_balance",
    "copying_z",
    "count_modes",
    "crete_blur",
    "density_coverage",
    "edge_radius_estimate",
    "edge_spread",
    "equivalent_blur",
    "fit_blur",
    "frechet_between",
    "frechet_distance",
    "frequencies",
    "gaussian_transfer",
    "gradient_distance",
    "gradient_magnitudes",
    "grid_of_modes",
    "high_frequency_ratio",
    "image_spectra",
    "inception_score",
    "kernel_distance",
    "known_edge_spread",
    "log_spectral_distance",
    "mean_edge_profile",
    "measured_transfer",
    "median_noise",
    "moments",
    "ms_ssim",
    "ms_ssim_diversity",
    "neighbourhoods",
    "null_band",
    "power_spectrum_2d",
    "precision_recall",
    "ring_of_modes",
    "sliced_wasserstein",
    "slope",
    "tenengrad",
    "training_distance",
    "variance_of_laplacian",
]
