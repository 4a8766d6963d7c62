"""A run that has ended, given more: a new run that goes on with its next trial, as if it had not ended."""

import math
from collections.abc import Mapping
from typing import Any, Final

from automl.errors import Fault
from automl.search.extending import without_end
from service.context import Context
from service.errors import Conflict, Invalid, Missing
from service.store import Past, Run, RunSpec
from service.usecases.datasets import get_dataset
from service.usecases.runs import get_run

_LEAST_S: Final = 1.0
"""As for any run, the fewest seconds that make sense."""

Budget = Mapping[str, Any]


def extend_run(context: Context, project: str, run_id: str, budget: Budget) -> Run:
    """Queue a run that goes on from another one's trials.

    Args:
        context: of the service.
        project: whose run it is.
        run_id: of the run that has ended.
        budget: what it shall have in all, by the contract's names; None stands for as much as before.

    Raises:
        Missing: there is no such run.
        Conflict: it has not ended, it failed, or its data are gone.
        Invalid: the budget is no larger.
        TooMany: too many runs are waiting.
    """
    run = get_run(context, project, run_id)
    _refuse_unended(run)
    _refuse_without_data(context, project, run)
    had: Budget = run.request["budget"]
    wanted = {**had, **{name: value for name, value in budget.items() if value is not None}}
    _refuse_no_larger(run, had, wanted)
    spec = RunSpec(
        project=project,
        dataset=run.dataset,
        model=run.model,
        request={**run.request, "budget": wanted},
        warm_start=run.warm_start,
        past=Past(run, without_end(context.runs.trials(run.id), counted=wanted.get("max_trials") is not None)),
    )
    return context.runs.create(spec, max_queued=context.settings.max_queued_runs)


def _refuse_unended(run: Run) -> None:
    if run.active:
        detail = "The run has not ended. Wait, or cancel it, which keeps what it has found; then extend it."
        raise Conflict("run-not-ended", detail)
    if run.state == "failed":
        detail = "The run failed, so there is nothing sound to go on from. See why in its `error`, and start another."
        raise Conflict("run-failed", detail)


def _refuse_without_data(context: Context, project: str, run: Run) -> None:
    for dataset in filter(None, (run.dataset, run.request.get("test_dataset"))):
        try:
            get_dataset(context, project, dataset)
        except Missing:
            detail = f"The dataset {dataset} was deleted; the run cannot go on without it. Upload the same bytes again."
            raise Conflict("dataset-missing", detail) from None


def _refuse_no_larger(run: Run, had: Budget, wanted: Budget) -> None:
    """A cancelled run may have what it had before, as it has not used that up."""
    found = {"timeout_s": _seconds_fault(run, had, wanted), "max_trials": _trials_fault(run, had, wanted)}
    faults = [Fault(detail, field=("budget", name)) for name, detail in found.items() if detail]
    if not faults and wanted == had and run.state == "succeeded":
        faults = [Fault("ask for more seconds or more trials than the run had", field=("budget",))]
    if faults:
        detail = "; ".join(fault.detail for fault in faults)
        raise Invalid("budget-not-larger", f"The run cannot be extended so: {detail}.", faults=faults)


def _seconds_fault(run: Run, had: Budget, wanted: Budget) -> str | None:
    if wanted["timeout_s"] < had["timeout_s"]:
        return f"the run had {had['timeout_s']:g} seconds; they may not become fewer"
    if wanted["timeout_s"] < run.elapsed_s + _LEAST_S:
        least = math.ceil(run.elapsed_s + _LEAST_S)
        return f"{run.elapsed_s:.1f} seconds are spent; ask for {least} or more in all"
    return None


def _trials_fault(run: Run, had: Budget, wanted: Budget) -> str | None:
    before: int | None = had.get("max_trials")
    most: int | None = wanted.get("max_trials")
    if most is None:
        return None
    if before is None:
        return "the run had no limit of trials; give it more seconds instead"
    if most < before:
        return f"the run had {before} trials; they may not become fewer"
    return f"{run.trials} trials are made; ask for more in all" if most <= run.trials else None
