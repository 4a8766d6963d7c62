"""Winnow beside other AutoML on the same rows, metric, cores and seconds.

    python -m benchmarks.automl FOLDER --plan standard

A *peer* is one way to get a model, a *cell* one peer on one table with one seed and so many seconds.
"""
