"""LightGBM, told how to behave before it is loaded."""

import logging
import os
import sys

# Its threads spin while they wait, which on a busy machine made a fit 400 times as long; and where they sleep at once,
# waking them makes it 5 to 100 times as long on a quiet one. GCC's OpenMP spins for some microseconds if told so, and
# then sleeps. It is read once, when LightGBM is loaded.
if sys.platform == "linux":
    os.environ.setdefault("OMP_WAIT_POLICY", "active")
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
else:
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
import lightgbm as lgb

# It prints to stdout unless it is given a logger.
lgb.register_logger(logging.getLogger(__name__), info_method_name="debug", warning_method_name="debug")

__all__ = ["lgb"]
