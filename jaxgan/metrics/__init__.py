"""Numbers about samples: pure functions, arrays in, numbers out.

Images are [N, H, W, C] in [0, 1], or uint8; features [N, d]. What cannot be measured is refused.
"""

from jaxgan.metrics.blocks import block_edge_share, block_edges
from jaxgan.metrics.blur_bands import BlurBand, blur_interval, null_band
from jaxgan.metrics.blur_fit import BlurFit, blur, fit_blur, fit_blurs
from jaxgan.metrics.blur_kinds import BlurKind, blur_kind
from jaxgan.metrics.blur_transfer import BlurTransfer, gaussian_transfer, measured_transfer
from jaxgan.metrics.classes import ClassBalance, class_balance
from jaxgan.metrics.colour import (
    cast,
    cast_shift,
    chroma_detail,
    chroma_sharpness,
    chroma_spectra,
    opponent,
    saturation,
)
from jaxgan.metrics.content import ContentMatch, content_features, content_weights
from jaxgan.metrics.edge_log import edge_radius_estimate
from jaxgan.metrics.edges import EdgeSpread, edge_spread, known_edge_spread, mean_edge_profile
from jaxgan.metrics.equivalent_blur import (
    BlurSeries,
    EquivalentBlur,
    blur_series,
    equivalent_blur,
)
from jaxgan.metrics.frame_regions import region_in_words, softest_region
from jaxgan.metrics.frechet import Moments, frechet_between, frechet_distance, moments
from jaxgan.metrics.gradients import GradientDistance, gradient_distance, gradient_magnitudes
from jaxgan.metrics.inception_score import InceptionScore, inception_score
from jaxgan.metrics.kernel import KernelDistance, kernel_distance
from jaxgan.metrics.kernels import box, convolved, disc, motion
from jaxgan.metrics.levels import level_and_contrast
from jaxgan.metrics.marks import clipped, frame_widths, grey_levels, point_noise, repeated_widths
from jaxgan.metrics.memorisation import (
    authentic_percent,
    birthday,
    copying_z,
    training_distance,
)
from jaxgan.metrics.modes import ModeCount, count_modes, grid_of_modes, ring_of_modes
from jaxgan.metrics.ms_ssim import ms_ssim, ms_ssim_diversity
from jaxgan.metrics.neighbours import density_coverage, neighbourhoods, precision_recall
from jaxgan.metrics.regions import (
    SoftnessRuler,
    region_energies,
    softness_map,
    softness_ruler,
    uneven,
)
from jaxgan.metrics.scale_fit import ScaleFit, fit_scale, rather_enlarged
from jaxgan.metrics.sharpness import (
    crete_blur,
    median_noise,
    tenengrad,
    variance_of_laplacian,
)
from jaxgan.metrics.sliced_wasserstein import sliced_wasserstein
from jaxgan.metrics.soft_share import SoftPart, calibrated, soft_part, softer_share
from jaxgan.metrics.softness import softness
from jaxgan.metrics.spectrum import (
    checkerboard_index,
    frequencies,
    high_frequency_ratio,
    image_spectra,
    log_spectral_distance,
    power_spectrum_2d,
    slope,
)
from jaxgan.metrics.texture import texture, texture_gap
from jaxgan.metrics.transfer_height import (
    HalfHeight,
    directional_height,
    half_height,
    sector_spectra,
    sector_transfers,
)

__all__ = [
    "BlurBand",
    "BlurFit",
    "BlurKind",
    "BlurSeries",
    "BlurTransfer",
    "ClassBalance",
    "ContentMatch",
    "EdgeSpread",
    "EquivalentBlur",
    "GradientDistance",
    "HalfHeight",
    "InceptionScore",
    "KernelDistance",
    "ModeCount",
    "Moments",
    "ScaleFit",
    "SoftPart",
    "SoftnessRuler",
    "authentic_percent",
    "birthday",
    "block_edge_share",
    "block_edges",
    "blur",
    "blur_interval",
    "blur_kind",
    "blur_series",
    "box",
    "calibrated",
    "cast",
    "cast_shift",
    "checkerboard_index",
    "chroma_detail",
    "chroma_sharpness",
    "chroma_spectra",
    "class_balance",
    "clipped",
    "content_features",
    "content_weights",
    "convolved",
    "copying_z",
    "count_modes",
    "crete_blur",
    "density_coverage",
    "directional_height",
    "disc",
    "edge_radius_estimate",
    "edge_spread",
    "equivalent_blur",
    "fit_blur",
    "fit_blurs",
    "fit_scale",
    "frame_widths",
    "frechet_between",
    "frechet_distance",
    "frequencies",
    "gaussian_transfer",
    "gradient_distance",
    "gradient_magnitudes",
    "grey_levels",
    "grid_of_modes",
    "half_height",
    "high_frequency_ratio",
    "image_spectra",
    "inception_score",
    "kernel_distance",
    "known_edge_spread",
    "level_and_contrast",
    "log_spectral_distance",
    "mean_edge_profile",
    "measured_transfer",
    "median_noise",
    "moments",
    "motion",
    "ms_ssim",
    "ms_ssim_diversity",
    "neighbourhoods",
    "null_band",
    "opponent",
    "point_noise",
    "power_spectrum_2d",
    "precision_recall",
    "rather_enlarged",
    "region_energies",
    "region_in_words",
    "repeated_widths",
    "ring_of_modes",
    "saturation",
    "sector_spectra",
    "sector_transfers",
    "sliced_wasserstein",
    "slope",
    "soft_part",
    "softer_share",
    "softest_region",
    "softness",
    "softness_map",
    "softness_ruler",
    "tenengrad",
    "texture",
    "texture_gap",
    "training_distance",
    "uneven",
    "variance_of_laplacian",
]
