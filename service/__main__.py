"""`python -m service` is `winnow`, wherever the command itself is installed."""

from service.cli import main

main(prog_name="winnow")
