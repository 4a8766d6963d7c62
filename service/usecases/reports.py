"""A version's report as a page for people."""

from automl.types import Json
from registry import ModelVersion
from service.report.page import About, render


def report_page(version: ModelVersion, report: dict[str, Json]) -> str:
    """The page, which needs nothing but itself."""
    about = About(
        version=version.id,
        target=version.manifest["target"],
        run_id=version.run_id,
        created_at=version.created_at,
        lineage=version.manifest["lineage"],
    )
    return render(report, about)
