"""How stored JSON is typed: nothing unknown, nothing converted, nothing that is not finite."""

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """The base of what is read from a bundle."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)
