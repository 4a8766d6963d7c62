"""Arrow tables as the pandas frames that most peers take."""

from collections.abc import Callable

import pandas as pd
import pyarrow as pa


def frame_of(table: pa.Table) -> pd.DataFrame:
    """Text as objects with None for missing, numbers and truth values as floats with NaN, moments as datetimes."""
    frame = table.to_pandas(strings_to_categorical=False)
    for field in table.schema:
        if pa.types.is_boolean(field.type):
            frame[field.name] = frame[field.name].astype("float64")
        elif pa.types.is_date(field.type):
            frame[field.name] = pd.to_datetime(frame[field.name])
        elif is_text(field.type):
            frame[field.name] = frame[field.name].astype(object)
    return frame.drop(columns="target", errors="ignore")


def is_text(kind: pa.DataType) -> bool:
    """Whether a column is one of categories."""
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_dictionary(kind)


def as_categories(train: pa.Table) -> Callable[[pa.Table], pd.DataFrame]:
    """Turns tables into frames whose text is pandas' category dtype, with the training rows' categories."""
    text = [field.name for field in train.schema if is_text(field.type) and field.name != "target"]
    known = {name: pd.CategoricalDtype(sorted(set(train[name].to_pylist()) - {None})) for name in text}
    return lambda table: frame_of(table).astype(known)


def target_of(table: pa.Table) -> pd.Series:
    """Class indices or values."""
    return table["target"].to_pandas()
