"""LightGBM, told how to behave before it is loaded."""

import logging
import os

# Its threads spin while they wait, which made a fit on a busy machine 10 to 20 times as long. OpenMP reads this once,
# when it is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
import lightgbm as lgb

# It prints to stdout unless it is given a logger.
lgb.register_logger(logging.getLogger(__name__), info_method_name="debug", warning_method_name="debug")

__all__ = ["lgb"]
