"""Operations for those who run the service: the only public ones."""

import logging
from collections.abc import Callable

from registry.errors import RegistryError
from service.api.calls import Call, Reply, reply
from service.api.operations import Answer, Group
from service.api.schemas.operations import Health, Readiness
from service.draining import draining
from service.errors import ServiceError

log = logging.getLogger(__name__)

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
YAML = "application/yaml"

system = Group("operations", "For those who run the service. Public.")


@system.add("GET", "/healthz", access="public", answers={200: Answer(description="It lives", model=Health)})
def get_health(_call: Call) -> Reply:
    """Tell that the process lives."""
    return reply(Health(status="ok"))


@system.add(
    "GET",
    "/readyz",
    access="public",
    answers={
        200: Answer(description="Send requests", model=Readiness),
        503: Answer(description="Send none now", model=Readiness),
    },
)
def get_readiness(call: Call) -> Reply:
    """Tell whether the process can answer: its database and its store do, and it is not about to stop."""
    database = _answers(call.context.runs.count)
    store = _answers(lambda: call.context.objects.list("readiness/", limit=1))
    leaving = draining()
    ready = database and store and not leaving
    view = Readiness(status="ready" if ready else "not-ready", database=database, store=store, draining=leaving)
    return reply(view, status=200 if ready else 503)


@system.add(
    "GET",
    "/metrics",
    access="public",
    problems=("database-unavailable",),
    answers={200: Answer(description="Prometheus text", media_types=("text/plain",))},
)
def get_metrics(call: Call) -> Reply:
    """Read counts for Prometheus. Runs are counted over the whole service, predictions in the process that answers."""
    counts = call.context.runs.count()
    lines = [
        "# HELP winnow_runs Runs by state.",
        "# TYPE winnow_runs gauge",
        *(f'winnow_runs{{state="{state}"}} {number}' for state, number in sorted(counts.items())),
        "# HELP winnow_predictions_total Rows that this process has answered.",
        "# TYPE winnow_predictions_total counter",
        f"winnow_predictions_total {call.parts.predictors.answered}",
        "",
    ]
    return Reply(body="\n".join(lines).encode(), media_type=PROMETHEUS)


@system.add(
    "GET",
    "/openapi.yaml",
    access="public",
    answers={200: Answer(description="OpenAPI 3.1", media_types=(YAML,))},
)
def get_contract(call: Call) -> Reply:
    """Read this contract."""
    return Reply(body=call.parts.contract, media_type=YAML)


def _answers(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except (ServiceError, RegistryError) as error:
        log.warning("not ready: %s", error)
        return False
    return True
