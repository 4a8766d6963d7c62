"""Measurements against what a user would pick instead. Run as modules: `python -m benchmarks.main_job --help`."""
