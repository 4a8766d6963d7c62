"""Operations on augmentations."""

from service.api.calls import Call, Reply, reply
from service.api.operations import Answer, Group
from service.api.runs import UNTRAINABLE
from service.api.schemas import augmentations as views
from service.usecases import augmentations as cases

augmentations = Group("augmentations", "What training rows can be made into.")


@augmentations.add(
    "POST",
    "/v1/augmentations/preview",
    access="read",
    repeatable=True,
    problems=("not-found", *UNTRAINABLE),
    answers={200: Answer(description="Rows side by side", model=views.AugmentationPreview)},
)
def preview_augmentation(call: Call, body: views.AugmentationRequest) -> Reply:
    """Show what augmentations make of a dataset.

    Original and changed rows side by side, in the table's own values, from about 2,000 rows, 20 of each class at least;
    or from as many, of each class its share, as have a million letters, of which an image counts as 5,000. Longer rows
    are passed over. Texts and images are as they were unless the augmentation is one of those; others change the
    features that are made of them. Images are small PNGs in base 64. `note` says so where no row could be changed.
    """
    showing = cases.preview_augmentation(call.context, call.project, body.model_dump(mode="json"))
    return reply(views.AugmentationPreview.of(showing))
