"""A table and a request to a bundle and a report, within the request's time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import pyarrow as pa

from automl.augmented import tell_augmentation
from automl.bundle import Bundle
from automl.columns import Profile
from automl.cost import row_ms
from automl.explore import MakeRunner, Ways, explore
from automl.families import spread_of
from automl.held import pack_held
from automl.judge import Answers, judge, report_seconds
from automl.judgement import Judgement
from automl.limits import held
from automl.lineage import lineage_of
from automl.pick import pick, slowness
from automl.precedents import left_behind
from automl.problem import pose
from automl.refit import packed_share, refit, reserve, unrefitted
from automl.search import Brake, Plan
from automl.stages import Stages, answer_simply, encode, end_seconds, split
from automl.types import Json, Metric, Monitor, Task, TrainRequest, Trial
from automl.warmstart import WarmStart
from automl.winner import tell_ensemble, tell_schedule


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
    """

    bundle: Bundle
    report: dict[str, Json]
    best: Trial
    trials: tuple[Trial, ...]
    metric: Metric
    task: Task
    judgement: Judgement


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

    Raises:
        InvalidData, InvalidRequest: the table cannot be used, or not for this.
        TrainingFailed: no trial produced a model.
        Interrupted: the monitor wished to abandon.
    """
    if test is not None:
        request = replace(request, refit=False)  # all rows that may be learnt from have been already
    warm = warm or WarmStart()
    brake = Brake.after(request.timeout_s - elapsed_s, monitor)
    stages = Stages(brake, monitor)
    with stages("profile"):
        problem = pose(table, request, test, profile=profile, test_profile=test_profile)
    if monitor:
        monitor.plan(problem.task, problem.metric)
    with stages("split") as step:
        parts = split(problem, request)
        judges = f"{len(parts.holdout_target)} {'in the test table' if problem.test else 'held out'}"
        step["detail"] = f"{len(parts.target)} rows in {len(parts.folds)} folds, {judges}"
    with stages("features") as step:
        encoded = encode(problem, request, parts.train, parts.target, parts.folds, weights=parts.weights)
        features = held(encoded, request)
        step["detail"] = f"{len(features.encoder.names)} from {len(problem.columns)} columns"
        baselines = answer_simply(problem, parts, features, request, brake)
    with stages("search") as step:
        ways = Ways(runner=runner, history=history, plan=plan or Plan(), monitor=monitor, first=warm.precedents)
        spare = brake.sooner(end_seconds(request) + report_seconds(request))
        found = explore(
            problem,
            features,
            request,
            spare,
            spent_s=sum(trial.seconds for trial in history),
            after=partial(reserve, problem, parts, request),
            packing=packed_share(request, len(parts.folds)),
            ways=ways,
        )
        step["detail"] = f"{len(found.trials)} trials, best: number {found.best.trial.number}"
    with stages("evaluate") as step:
        picked = pick(problem, parts, features, request, found, brake=spare)
        blend, predictor = picked.blend, picked.predictor
        answers = Answers(found, blend, predictor, picked.settled.calibration, baselines)
        report, judgement = judge(problem, parts, answers, request)
        report["augmentation"] = tell_augmentation(problem, parts, request, found, blend)
        report["schedule"] = tell_schedule(found.best.trial)
        report["warm_start"] = warm.tell(found.trials)
        step["detail"] = f"a model of {len(blend.outcomes)} trials"
    with stages("refit") as step:
        again = refit(problem, parts, request, blend, predictor, brake=brake.sooner(end_seconds(request)))
        served = again or unrefitted(request, blend, predictor)
        rows = len(problem.target if again else parts.target)
        step["detail"] = f"the model learnt from {rows} rows"
    with stages("bundle"):
        predict_ms = row_ms(served)
        bundle = pack_held(
            served,
            parts.train,
            most_mb=request.max_bundle_mb,
            metric=problem.metric,
            metrics=report["metrics"],
            lineage={
                **lineage_of(request, found, blend, lineage),
                **left_behind(problem, found, spread_of(problem, features.views.material)),
                "rows": rows,
                "warnings": slowness(picked, request, predict_ms),
            },
        )
        report["ensemble"] = tell_ensemble(picked, request, served, bundle, predict_ms=predict_ms)
    return Result(
        bundle=bundle,
        report={**report, "steps": stages.steps},
        best=found.best.trial,
        trials=found.trials,
        metric=problem.metric,
        task=problem.task,
        judgement=judgement,
    )
