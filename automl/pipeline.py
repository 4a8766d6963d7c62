"""A table and a request to a bundle and a report, within the request's time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import pyarrow as pa

from automl.blas import one_thread
from automl.bundles.bundle import Bundle
from automl.errors import TranslationFailed
from automl.evaluation.judgement import Judgement
from automl.explore import MakeRunner, Ways, explore
from automl.families import spread_of
from automl.memory import PeakMemory, default_limit
from automl.predictor import Predictor
from automl.problem import Problem, pose
from automl.profiling.columns import Profile
from automl.reporting.augmented import tell_augmentation
from automl.reporting.judge import Answers, judge, report_seconds
from automl.reporting.lineage import lineage_of
from automl.reporting.winner import tell_ensemble, tell_schedule
from automl.scope import Scope, scope_of
from automl.search import Brake, Found, Plan
from automl.selection.cost import row_ms
from automl.selection.held import pack_held
from automl.selection.limits import held
from automl.selection.pick import Pick, pick, slowness
from automl.selection.refit import TOO_LATE, hindrance, refit, unrefitted
from automl.selection.reserves import may_refit, packed_share, preparing_seconds, reserve
from automl.stages import Parts, Stages, answer_simply, encode, end_seconds, judging_seconds, split
from automl.types import Floats, Json, Metric, Monitor, Task, TrainRequest, Trial
from automl.warm.precedents import left_behind
from automl.warm.warmstart import WarmStart


@dataclass(frozen=True, slots=True)
class Result:
    """What a run gives.

    Attributes:
        bundle: the predictor, ready to be stored.
        report: its evaluation on the holdout, as JSON.
        best: the trial that won.
        trials: all of them by number, those of `history` too.
        metric: what they were ranked by.
        task: what is predicted.
        judgement: what the judged model said of the holdout, to compare later models with.
        out_of_fold: what was said of training rows, to tune other rules on; of more than two classes only.
    """

    bundle: Bundle
    report: dict[str, Json]
    best: Trial
    trials: tuple[Trial, ...]
    metric: Metric
    task: Task
    judgement: Judgement
    out_of_fold: Judgement | None


def train(
    table: pa.Table,
    request: TrainRequest,
    *,
    test: pa.Table | None = None,
    profile: Profile | None = None,
    test_profile: Profile | None = None,
    monitor: Monitor | None = None,
    history: Sequence[Trial] = (),
    elapsed_s: float = 0.0,
    runner: MakeRunner | None = None,
    plan: Plan | None = None,
    warm: WarmStart | None = None,
    lineage: Mapping[str, Json] | None = None,
    memory_bytes: int | None = None,
) -> Result:
    """Profile, split, encode, search, evaluate, refit, bundle.

    Args:
        table: from `read_table`.
        request: what to predict, and the budget.
        test: what the report is made on; without it, on rows of the table that are held out. It is never learnt from.
        profile: of the table, where that is known already: to profile a large one takes seconds of the budget.
        test_profile: of the test table, alike.
        monitor: watches and steers.
        history: trials of this very run before it was interrupted, so as to go on with the next one.
        elapsed_s: seconds of the budget that were spent then.
        runner: makes the trials; in this process when None.
        plan: which parts of the search are on; all when None.
        warm: what to try early, of earlier runs; nothing when None.
        lineage: what the bundle's lineage shall tell besides, such as the dataset's digest.
        memory_bytes: that this process shall not exceed; 80 % of the machine's when None.

    Raises:
        InvalidData, InvalidRequest: the table cannot be used, or not for this, or not in so little memory.
        TrainingFailed: no trial produced a model.
        Interrupted: the monitor wished to abandon.
    """
    if test is not None:
        request = replace(request, refit=False)  # all rows that may be learnt from have been already
    warm = warm or WarmStart()
    brake = Brake.after(request.timeout_s - elapsed_s, monitor)
    stages = Stages(brake, monitor)
    # What numpy adds up on more threads depends on how many of them others have left.
    with PeakMemory() as memory, one_thread():
        with stages("profile"):
            problem = pose(table, request, test, profile=profile, test_profile=test_profile)
            tables = table.nbytes + (test.nbytes if test else 0)
            scope = scope_of(problem, request, tables=tables, limit=memory_bytes or default_limit())
            plan = scope.within(plan or Plan())
        if monitor:
            monitor.plan(problem.task, problem.metric)
        with stages("split") as step:
            parts = split(problem, request, scope.load.learnt)
            step["detail"] = _tell_parts(problem, parts, scope)
        if scope.shortage:
            request = replace(request, refit=False)  # the rows that were left out still do not fit
        job = _Job(problem, parts, request, plan, scope.load.at_once, brake, stages)
        ways = Ways(
            runner=runner,
            history=history,
            spent_s=min(elapsed_s, sum(trial.seconds for trial in history)),
            plan=plan,
            monitor=monitor,
            first=warm.precedents,
            room=scope.room,
        )
        model = job.search(ways)
        report, judgement, out_of_fold = job.judge(model)
        served, rows = job.refit(model)
        with stages("bundle"):
            predict_ms = row_ms(served)
            lineage = {
                **lineage_of(request, model.found, model.picked.blend, lineage),
                **left_behind(problem, model.found, model.spread),
                "rows": rows,
                "warnings": slowness(model.picked, request, predict_ms),
            }
            bundle = pack_held(
                served,
                parts.train,
                most_mb=request.max_bundle_mb,
                metric=problem.metric,
                metrics=report["metrics"],
                lineage=lineage,
            )
    told = {
        "warm_start": warm.tell(model.found.trials),
        "ensemble": tell_ensemble(model.picked, model.asked, served, bundle, predict_ms=predict_ms),
        "steps": stages.steps,
        "memory": scope.tell(memory),
    }
    return Result(
        bundle=bundle,
        report={**report, **told},
        best=model.found.best.trial,
        trials=model.found.trials,
        metric=problem.metric,
        task=problem.task,
        judgement=judgement,
        out_of_fold=out_of_fold,
    )


@dataclass(frozen=True, slots=True)
class _Model:
    """What the search leaves, and what simpler answers say; `asked` has no refit where there is no time for any."""

    found: Found
    picked: Pick
    asked: TrainRequest
    baselines: Mapping[str, Floats]
    spread: float
    preparing_s: float  # that a refit takes before its fits


@dataclass(frozen=True, slots=True)
class _Job:
    """The stages between the split and the bundle, which all look at the same rows."""

    problem: Problem
    parts: Parts
    request: TrainRequest
    plan: Plan
    at_once: int
    brake: Brake
    stages: Stages

    def search(self, ways: Ways) -> _Model:
        """Encode, search, pick. The matrix and all that is made of it end here, before the refit makes another one."""
        problem, parts, request = self.problem, self.parts, self.request
        with self.stages("features") as step:
            encoded = encode(
                problem, request, parts.train, parts.target, parts.folds, weights=parts.weights, at_once=self.at_once
            )
            features = held(encoded, request)
            step["detail"] = f"{len(features.encoder.names)} from {len(problem.columns)} columns"
            baselines = answer_simply(problem, parts, features, request, self.brake)
        with self.stages("search") as step:
            spare = self.brake.sooner(end_seconds(request) + report_seconds(request) + judging_seconds(parts, features))
            found = explore(
                problem,
                features,
                request,
                spare,
                after=partial(reserve, problem, parts, request, features),
                packing=packed_share(request, len(parts.folds)),
                ways=ways,
            )
            # Without time for a refit the fold models answer, and none of it is kept from them.
            again = may_refit(problem, parts, request, features, found.best.trial)
            asked, preparing_s = replace(request, refit=again), preparing_seconds(problem, parts, features)
            picked = pick(problem, parts, features, asked, found, brake=spare.sooner(preparing_s if again else 0.0))
            step["detail"] = f"{len(found.trials)} trials, best: number {found.best.trial.number}"
            return _Model(found, picked, asked, baselines, spread_of(problem, features.views.material), preparing_s)

    def judge(self, model: _Model) -> tuple[dict[str, Json], Judgement, Judgement | None]:
        """Look at the holdout."""
        found, picked = model.found, model.picked
        with self.stages("evaluate") as step:
            answers = Answers(found, picked.blend, picked.predictor, picked.settled.calibration, model.baselines)
            report, judgement, out_of_fold = judge(self.problem, self.parts, answers, self.request, self._spare())
            report["augmentation"] = tell_augmentation(
                self.problem, self.parts, self.request, found, picked.blend, able=self.plan.augmentation
            )
            members = (outcome.trial for outcome in picked.blend.outcomes)
            report["schedule"] = tell_schedule((found.best.trial, *members))
            step["detail"] = f"a model of {len(picked.blend.outcomes)} trials"
            return report, judgement, out_of_fold

    def refit(self, model: _Model) -> tuple[Predictor, int]:
        """What is served, and of how many rows."""
        problem, parts, request = self.problem, self.parts, self.request
        blend, judged = model.picked.blend, model.picked.predictor
        wanted = replace(blend, once=blend.once or not self.plan.refit_seeds)
        with self.stages("refit") as step:
            spare = self._spare()
            why = hindrance(problem, parts, request, wanted, left_s=spare.left(), preparing_s=model.preparing_s)
            try:
                again = (
                    None if why else refit(problem, parts, request, wanted, judged, brake=spare, at_once=self.at_once)
                )
            except TranslationFailed as error:
                again, why = None, error.detail
            rows = len(problem.target if again else parts.target)
            step["detail"] = f"the model learnt from {rows} rows" + ("" if again else f"; {why or TOO_LATE}")
            return again or unrefitted(request, blend, judged), rows

    def _spare(self) -> Brake:
        """Closes when the end of the run needs its time."""
        return self.brake.sooner(end_seconds(self.request))


def _tell_parts(problem: Problem, parts: Parts, scope: Scope) -> str:
    some = f" (there is no {scope.shortage} for more)" if scope.shortage else ""
    judges = f"{len(parts.holdout_target)} {'in the test table' if problem.test else 'held out'}"
    return f"{len(parts.target)} rows{some} in {len(parts.folds)} folds, {judges}"
