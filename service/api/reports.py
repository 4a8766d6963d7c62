"""A version's report, as JSON for programs and as a page for people."""

from typing import Final

from registry import ModelVersion
from service.api.calls import Call, Reply, reply_json
from service.api.operations import JSON, Answer
from service.api.schemas.reports import Report
from service.report.page import POLICY
from service.usecases.reports import report_page
from service.usecases.runs import version_report

HTML: Final = "text/html"
REPORT: Final = Answer(description="The evaluation", model=Report, media_types=(HTML,), headers=("Vary",))


def reply_report(call: Call, version: ModelVersion) -> Reply:
    """The page where `Accept` likes HTML better, and else JSON."""
    report, varies = version_report(call.context, call.project, version), {"Vary": "Accept"}
    if call.request.accept_mimetypes.best_match([JSON, HTML], JSON) == JSON:
        return reply_json(report, headers=varies)
    headers = {"Content-Security-Policy": f"{POLICY}; frame-ancestors 'none'", **varies}
    return Reply(body=report_page(version, report).encode(), media_type=f"{HTML}; charset=utf-8", headers=headers)
