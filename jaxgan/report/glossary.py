"""What the terms and scores of a report mean, in a sentence or two each."""

from __future__ import annotations

import re

__all__ = ["GLOSSARY", "glossary_entry"]

GLOSSARY: dict[str, str] = {
    "verdict": "Words for what tells fakes from real images, or clean where nothing does. A word "
    "needs a score outside of what is expected, by more than a trifle; different stands for a "
    "score far from real images that no word explains.",
    "real vs real": "The same score for two disjoint sets of real images, as many as fakes: what a "
    "perfect generator would get. The mean over many such pairs is called null, and the range that "
    "holds 95 % of them the band.",
    "ratio": "Value over null: 1 for fakes that cannot be told from real images. Left out where "
    "the null may be 0.",
    "expected": "What real images get, or, where a blur, a noise or a contrast was found in the "
    "fakes, what real images get once they have the same.",
    "95 % interval": "How far the value would move with other images of the same generator and "
    "other real images, drawn as these were. It says nothing about other seeds of the training.",
    "blur radius": "Sigma, in pixels, of the Gaussian that makes the mean power spectrum of real "
    "images into that of fakes, together with noise and contrast. Below 0: sharper than real.",
    "blur variance": "The square of the blur radius, with its sign, in square pixels; near 0 its "
    "error is even, which the radius' is not.",
    "half height": "The blur radius without a model: sigma of the Gaussian that loses half of the "
    "contrast at the frequency where the fakes lose it, in pixels, and so along four directions. "
    "Real images read 0.4, the least that can be seen; with noise more, and expected is what real "
    "images with the same noise read.",
    "anisotropy": "Largest half-height over the smallest, of four directions: a motion, or grids.",
    "edge energy": "Tenengrad over real, after the fitted noise and contrast were taken off it, "
    "which plain Tenengrad takes for sharpness.",
    "softer share": "Share of fakes softer than 95 % of real images, by the softness of each: 0.05 "
    "for a perfect generator.",
    "soft share": "Share of the fakes that are blurred, if the others are as sharp as real images.",
    "soft radius": "Blur of those, in pixels.",
    "soft end radius": "Blur of the softest 40 % of the fakes beside the softest real images. As "
    "large as the fitted radius where all are blurred, larger where some are, near 0 where fakes "
    "are other pictures.",
    "uneven softness": "How much softer the softest region of the frame is than the rest, in "
    "pixels.",
    "even softness": "Blur of the sharpest quarter of the frame, in pixels.",
    "class softness": "How much softer the softest class is than the others, each beside real "
    "images of its class, in pixels.",
    "matched radius": "The fitted radius against real images weighted so that, reduced, they look "
    "as the fakes do. Nearer to 0 than the other where fakes are other pictures.",
    "content overlap": "How alike reduced fakes and real images are: 1 the same, 0 told apart.",
    "effective share": "Of the real images, how many the weights leave.",
    "texture": "Faint gradients beside strong ones, in nats against real images: below 0 where "
    "surfaces are smoothed and edges are not.",
    "copied share": "Share of fakes that equal another fake in every pixel; null is that of real "
    "images. Copies count as images of their own in every other score, whose intervals are then "
    "too narrow.",
    "plain share": "Share of fakes of one colour; null is that of real images.",
    "brightness": "Shift of the mean level, in standard deviations over real images.",
    "level spread": "How much images differ in their mean level, over real images.",
    "paler share": "Share of fakes with less contrast than 95 % of real images.",
    "clipped black": "Share of values at level 0, less that of real images.",
    "clipped white": "The same of level 255.",
    "point noise": "Share of pixels that stand out of all their neighbours by a quarter of the "
    "range, less that of real images.",
    "grey levels": "Levels of 256 that occur in an image, over real images.",
    "frame width": "Pixels of plain border, on the side where real images have least of it.",
    "frame fall": "Pixels of plain border that real images have and fakes have not.",
    "framed share": "Share of images with a plain border, less that of real images.",
    "repeated rows": "Rows at the border that repeat the outermost, more than in real images.",
    "saturation": "Distance of colours from grey, over real images.",
    "cast": "Shift of the mean colour, in standard deviations over real images.",
    "chroma sharpness": "Fine detail in colour, apart from brightness, over real images.",
    "chroma variance": "Square of the blur radius of the colours alone, in square pixels.",
    "chroma noise": "White noise of the colours, by the spectral fit.",
    "chroma misfit": "What the fit leaves of the colours' spectrum, in nats.",
    "noise": "Standard deviation of white noise in the fakes by the spectral fit, as a share of "
    "the range from black to white.",
    "contrast": "By how much differences between grey levels are larger in fakes than in real "
    "images, by the spectral fit.",
    "misfit": "Root mean square of what the spectral fit leaves, in nats (0.1 is 10 %). Large: the "
    "fakes differ by something that is no blur, noise or contrast.",
    "Tenengrad": "Mean squared Sobel gradient, the edge energy of an image; blur lowers it, noise "
    "raises it a little. Given over the real median.",
    "variance of Laplacian": "The usual sharpness score. Noise passes for sharpness in it, so it "
    "is never to be read alone. Given over the real median.",
    "Crete blur": "Share of an image's slopes that survive another blur: 0 sharp … 1 blurred, "
    "blind to contrast, lowered by noise. The number is its window in pixels.",
    "median noise": "White noise by the median response to a filter that sees neither planes nor "
    "straight edges. 0 where more than half of an image is flat.",
    "gradient distance": "Wasserstein distance between the laws of gradient magnitudes, in units "
    "of the mean real gradient. Raised by blur, noise and sharpening alike.",
    "gradient tail": "Mean difference of the steepest tenth of the gradients: below 0 edges are "
    "too weak, above 0 too strong.",
    "power spectrum": "How much of the images' variation lies at each spatial frequency, in cycles "
    "per pixel; 0.5 alternates from pixel to pixel.",
    "log spectral distance": "Root mean square of the ratio of the two power spectra, in dB.",
    "log spectral shape": "The same after a common factor, such as lost contrast, is taken out.",
    "spectral slope": "Exponent of the power law nearest to the spectrum: -2 to -3 for "
    "photographs, lower for blurred images.",
    "high frequency ratio": "Share of the energy above a quarter of a cycle per pixel, over that "
    "of real images. Noise raises it as detail does.",
    "checkerboard": "Power of grids of period 2 in fakes over real images, relative to their "
    "surroundings: above 1 an upsampler has left its pattern.",
    "block edges": "Share of the third differences that lies across the edges of blocks of 8 "
    "pixels, rather than beside them: 0.5 for no blocks. Real photographs that were JPEG files "
    "have more.",
    "swd": "Sliced Wasserstein distance of small patches at one level of a Laplacian pyramid, "
    "times 1,000; the number is the level's side in pixels. 'progan' standardises each set by "
    "itself, as published, 'reference' both by the real set.",
    "edge radius": "Blur of single images from how their edges spread, in pixels, the pixel's own "
    "width taken off; for data with known, clean edges.",
    "overshoot": "How far a mean edge goes beyond its bright or dark side, as a share of the "
    "contrast: the mark of sharpening.",
    "edges rejected": "Share of images without one clean shape, whose edges cannot be measured.",
    "equivalent blur": "The Gaussian blur, in pixels, that gives real images the score of the "
    "fakes: one unit for all scores.",
    "MS-SSIM": "Likeness of pairs of images of one set: higher than real against real means less "
    "variety.",
    "features": "What a fixed network makes of an image, by name and checksum. Scores by different "
    "features do not compare.",
    "Frechet": "Distance between Gaussians fitted to features of real and of fake images. Biased "
    "by the number of images; FID only if the features are Inception's.",
    "kernel": "Unbiased squared distance (MMD) between features, with a cubic kernel; around 0, "
    "also below, for equal laws.",
    "precision": "Share of fakes within the neighbourhood of a real image: quality.",
    "recall": "Share of real images within the neighbourhood of a fake: diversity.",
    "density": "Precision that counts how many real neighbourhoods a fake lies in.",
    "coverage": "Share of real images with a fake in their neighbourhood: diversity.",
    "class divergence": "KL divergence, in nats, of the fakes' classes from the real ones', by a "
    "classifier: 0 for the same shares.",
    "classes missing": "Number of classes that no fake was judged to be of.",
    "classifier score": "How decided and how varied a classifier finds the fakes (the arithmetic "
    "of the Inception score). Blind to blur within a class.",
    "memorisation": "Mean distance of fakes to their nearest training image over that of unseen "
    "real images: well below 1, training images come back.",
}
"""Terms in the order of the page's glossary."""

SAME = {
    "swd_": "swd",
    "crete_blur": "Crete blur",
    "frechet_": "Frechet",
    "kernel_": "kernel",
    "tenengrad": "Tenengrad",
    "half_height": "half height",
    "matched_": "matched radius",
    "equivalent_": "equivalent blur",
    "ms_ssim": "MS-SSIM",
    "variance_of_laplacian": "variance of Laplacian",
}


def glossary_entry(score: str) -> str | None:
    """The term that explains a score by its name in a card; None where there is none."""
    for start, term in SAME.items():
        if score.startswith(start):
            return term
    term = re.sub("_", " ", score)
    return term if term in GLOSSARY else None
