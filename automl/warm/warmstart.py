"""Which earlier models a run begins from, on the same columns or on a similar table, and what it says of them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import chain, zip_longest
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from automl.errors import InvalidRequest
from automl.learners.params import check_params
from automl.likeness import MetaFeatures, Subject, distance
from automl.types import Json, Task, Trial
from automl.warm.precedents import MOST, Precedent

NEAR: Final = 1.0
"""As far off a table may be for its params to be of use."""
_TOLD: Final = 20


_WHY_NOT: Final = "proposed anyway, of boosted trees where others are searched, or out of time"


@dataclass(frozen=True, slots=True)
class WarmStart:
    """What is tried first, and why. Plain data: a run that is resumed has to begin as it did.

    Attributes:
        asked: `auto`, `none` or the id of a version.
        detail: what is done, in words, and why nothing is where that is so.
        considered: of the versions looked at the nearest: `version`, `distance`, `used`, `detail`.
        precedents: to be tried, in this order.
    """

    asked: str = "none"
    detail: str = "No earlier models were given."
    considered: tuple[Mapping[str, Json], ...] = ()
    precedents: tuple[Precedent, ...] = ()

    def to_json(self) -> dict[str, Json]:
        """As JSON."""
        return {**asdict(self), "considered": list(self.considered), "precedents": [asdict(p) for p in self.precedents]}

    @classmethod
    def from_json(cls, stored: Mapping[str, Json]) -> Self:
        """What `to_json` wrote."""
        precedents = tuple(Precedent(**each) for each in stored["precedents"])
        return cls(stored["asked"], stored["detail"], tuple(stored["considered"]), precedents)

    def tell(self, trials: Sequence[Trial]) -> dict[str, Json]:
        """For the report, with what became of them."""
        tried = [
            {"trial": trial.number, "version": trial.origin, "state": trial.state, "score": trial.score}
            for trial in trials
            if trial.origin is not None
        ]
        told = self.to_json()
        left = len(self.precedents) - len(tried)
        if left > 0:
            told["detail"] += f" {left} of {len(self.precedents)} were not: {_WHY_NOT}."
        return {name: told[name] for name in ("asked", "detail", "considered")} | {"trials": tried}


def begin_from(asked: str, subject: Subject, versions: Mapping[str, Mapping[str, Json]]) -> WarmStart:
    """Choose among versions by their manifests, which are only believed as far as they make sense.

    One that is asked for by its name is used however unlike its table is, if it is for the same task.

    Args:
        asked: `auto`, or the id of the one version.
        subject: what the run is about.
        versions: manifests by id, newest first.
    """
    seen = [_look(version, manifest, subject, named=asked == version) for version, manifest in versions.items()]
    usable = sorted((each for each in seen if each.params), key=lambda each: (each.near, each.distance))
    by_turns = chain.from_iterable(zip_longest(*(each.precedents() for each in usable)))
    chosen: list[Precedent] = []
    for precedent in filter(None, by_turns):
        if all(precedent.params != other.params for other in chosen):
            chosen.append(precedent)
    chosen = chosen[:MOST]
    used = {precedent.version for precedent in chosen}
    ordered = [*usable, *(each for each in seen if not each.params)]
    considered = tuple(each.tell(used) for each in ordered[:_TOLD])
    return WarmStart(asked, _summary(len(seen), chosen), considered, tuple(chosen))


def _summary(seen: int, chosen: Sequence[Precedent]) -> str:
    if not seen:
        return "There is no earlier model version."
    if not chosen:
        return f"Of {seen} earlier model versions none was of use."
    names = ", ".join(dict.fromkeys(precedent.version for precedent in chosen))
    return f"Of {seen} earlier model versions, the best params of {names} were to be tried early."


class _Loose(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, allow_inf_nan=False)


class _Lineage(_Loose):
    precedents: list[dict[str, Json]]
    meta_features: MetaFeatures


class _Past(_Loose):
    """What counts of a manifest."""

    task: Task
    target: str
    columns: list[dict[str, str]]
    lineage: _Lineage

    def subject(self) -> Subject:
        columns = frozenset((column["name"], column["type"]) for column in self.columns)
        return Subject(self.task, self.target, columns, self.lineage.meta_features)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A version that was looked at; without params it is of no use."""

    version: str
    detail: str
    distance: float | None = None
    near: bool = False
    params: tuple[Mapping[str, Json], ...] = ()

    def precedents(self) -> list[Precedent]:
        return [Precedent(self.version, params, self.near) for params in self.params]

    def tell(self, used: set[str]) -> dict[str, Json]:
        detail = self.detail if self.version in used or not self.params else f"{self.detail}, but others come first"
        return {
            "version": self.version,
            "distance": self.distance if self.distance is None else round(self.distance, 3),
            "used": self.version in used,
            "detail": detail,
        }


def _look(version: str, manifest: Mapping[str, Json], subject: Subject, *, named: bool) -> _Seen:
    try:
        past = _Past.model_validate(manifest)
        other = past.subject()
        for params in past.lineage.precedents:
            check_params(params)
    except (ValidationError, KeyError):
        return _Seen(version, "its manifest does not tell what a later run could use")
    except InvalidRequest as error:
        return _Seen(version, f"a later run may not try its params: {error.detail.removesuffix('.')}")
    if other.task != subject.task:
        return _Seen(version, f"it is for another task: {other.task}, not {subject.task}")
    away, same = distance(subject.meta, other.meta), subject.is_as(other)
    if not (same or named or away <= NEAR):
        return _Seen(version, f"its table is too unlike: {away:.2f} away, more than {NEAR:g}", away)
    if not past.lineage.precedents:
        return _Seen(version, "its run found no boosted trees that could be a model", away)
    detail = "the same columns and target" if same else "asked for by its name" if named else "a similar table"
    return _Seen(version, detail, away, not (same or named), tuple(past.lineage.precedents))
