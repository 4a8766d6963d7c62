"""From probabilities to labels: calibration, thresholds, and what they are tuned for."""
