"""Operations on datasets."""

from automl.ingest import MEDIA_TYPES
from service.api.calls import Call, Reply, reply
from service.api.cursors import cut
from service.api.inputs import check_query
from service.api.operations import Answer, Group, Link
from service.api.schemas import datasets as views
from service.usecases import datasets as cases

UNREADABLE = (
    "unsupported-media-type",
    "unsupported-encoding",
    "incomplete-body",
    "malformed-body",
    "too-large",
    "empty-dataset",
    "no-rows",
    "no-columns",
    "not-csv",
    "not-ndjson",
    "not-utf8",
    "nul-byte",
    "ragged-row",
    "stray-quote",
    "unclosed-quote",
    "duplicate-key",
    "duplicate-column",
    "empty-column-name",
    "too-many-columns",
    "nested-column",
    "nested-value",
    "binary-column",
    "unsupported-column",
    "corrupt-parquet",
    "encrypted-parquet",
    "corrupt-zip",
    "unsafe-zip",
    "broken-image",
    "images-elsewhere",
    "corrupt-gzip",
    "truncated-gzip",
    "unreadable",
    "disk-full",
)
"""Why a table may be refused, wherever one is read."""

datasets = Group("datasets", "Immutable uploaded tables.")

_HERE = {"dataset_id": "$response.body#/id"}
_LINKS = (
    Link("getDataset", _HERE, "Read it again"),
    Link("getDatasetProfile", _HERE, "Its statistics"),
    Link("previewDataset", _HERE, "Its first rows"),
    Link(
        "createRun",
        {},
        "Learn from it",
        body={"dataset": "$response.body#/id", "target": "$response.body#/columns/0/name"},
    ),
    Link("deleteDataset", _HERE, "Delete it"),
)


@datasets.add(
    "POST",
    "/v1/datasets",
    access="train",
    tables=MEDIA_TYPES,
    multipart=True,
    problems=UNREADABLE,
    answers={
        201: Answer(description="A new dataset", model=views.Dataset, headers=("Location",), links=_LINKS),
        200: Answer(
            description="The dataset that these bytes are already",
            model=views.Dataset,
            headers=("Location",),
            links=_LINKS,
        ),
    },
)
def upload_dataset(call: Call, query: views.UploadQuery) -> Reply:
    """Upload a table.

    The raw bytes as the body with their type, gzip-encoded or not, or a form with the file in its field `file`.
    A zip archive holds images, a folder for each class: its table has the columns `image` and `class`.
    Columns are typed, and what a person should know before training is in `findings`. The same bytes again give the
    same dataset, under its first name.
    """
    assert call.table is not None, "the operation takes tables only"  # noqa: S101 - tells the type checker
    name = query.name or check_query({"name": call.table.name}, views.UploadQuery).name
    dataset, new = cases.upload_dataset(call.context, call.project, call.table, name)
    headers = {"Location": f"/v1/datasets/{dataset.id}"}
    return reply(views.Dataset.of(dataset), status=201 if new else 200, headers=headers)


@datasets.add(
    "GET", "/v1/datasets", access="read", answers={200: Answer(description="A page", model=views.DatasetList)}
)
def list_datasets(call: Call, query: views.DatasetListQuery) -> Reply:
    """List datasets, by id."""
    after = call.position(query)
    found = cases.list_datasets(call.context, call.project, after=after, limit=query.limit + 1)
    page, position = cut(found, query.limit, lambda dataset: dataset.id)
    items = [views.Dataset.of(dataset) for dataset in page]
    return reply(views.DatasetList(items=items, next_cursor=call.cursor(query, position)))


@datasets.add(
    "GET",
    "/v1/datasets/{dataset_id}",
    access="read",
    problems=("not-found",),
    answers={200: Answer(description="The dataset", model=views.Dataset)},
)
def get_dataset(call: Call, dataset_id: str) -> Reply:
    """Read a dataset."""
    return reply(views.Dataset.of(cases.get_dataset(call.context, call.project, dataset_id)))


@datasets.add(
    "GET",
    "/v1/datasets/{dataset_id}/profile",
    access="read",
    problems=("not-found",),
    answers={200: Answer(description="Statistics by column", model=views.DatasetProfile)},
)
def get_dataset_profile(call: Call, dataset_id: str) -> Reply:
    """Read a dataset's statistics, column by column."""
    dataset = cases.get_dataset(call.context, call.project, dataset_id)
    return reply(views.DatasetProfile.of(dataset.id, cases.profile_of(dataset)))


@datasets.add(
    "GET",
    "/v1/datasets/{dataset_id}/preview",
    access="read",
    problems=("not-found",),
    answers={200: Answer(description="The first rows", model=views.Preview)},
)
def preview_dataset(call: Call, dataset_id: str, query: views.PreviewQuery) -> Reply:
    """Read a dataset's first rows."""
    columns, rows = cases.preview_dataset(call.context, call.project, dataset_id, query.limit)
    return reply(views.Preview(columns=columns, rows=rows))


@datasets.add(
    "DELETE",
    "/v1/datasets/{dataset_id}",
    access="admin",
    problems=("not-found", "dataset-in-use"),
    answers={204: Answer(description="It is gone")},
)
def delete_dataset(call: Call, dataset_id: str) -> Reply:
    """Delete a dataset. Models that were made from it stay."""
    cases.delete_dataset(call.context, call.project, dataset_id)
    return Reply(status=204, media_type=None)
