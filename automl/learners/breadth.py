"""Tables of many features and many classes, of which LightGBM would else make a few rounds in the time that there is.

A round costs features x outputs x bins in every leaf, however few rows are there.
"""

from typing import Final

_BROAD: Final = 1000
"""Features times outputs from which on a table is broad: other trials take no time worth to be saved."""
_BINS, _FEW_BINS = 255, 63
_FEWEST: Final = 0.03
"""Of all features: so that a third of it is still a share that LightGBM is given."""


def most_bins(features: int, outputs: int) -> int:
    """Bins of a feature. Of narrower tables fewer would save nothing, and made 2 of 6 worse."""
    return _FEW_BINS if features * outputs > _BROAD else _BINS


def most_features(features: int, outputs: int) -> float:
    """The largest share of the features that one tree needs to see: no more of them than a table has that is not broad.

    Of 784 pixels in 10 classes a tenth of the features and 63 bins are ten times as fast as all with 255, and better.
    """
    return min(1.0, max(_FEWEST, _BROAD / (features * outputs)))
