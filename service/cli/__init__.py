"""The `winnow` command: serve, train, predict and what belongs to running them."""

from service.cli.group import Commands

main = Commands(
    name="winnow",
    help="An AutoML microservice with a model registry. Settings are WINNOW_… variables or options.",
    commands_in={
        "serve": "service.cli.serve",
        "worker": "service.cli.worker",
        "keys": "service.cli.keys",
        "train": "service.cli.train",
        "predict": "service.cli.predict",
        "models": "service.cli.models",
        "report": "service.cli.report",
        "demo": "service.cli.demo",
    },
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
    no_args_is_help=True,
)

__all__ = ["main"]
