"""A customer's facts as deciding reads them, and which partners work on which project."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from shared.domain.facts import Attachment, GrantedException, Licence, Project


@dataclass(frozen=True)
class Customer:
    """One customer's facts; ``attachments`` holds those not attached too."""

    customer_id: str
    licences: tuple[Licence, ...] = ()
    projects: tuple[Project, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    exceptions: tuple[GrantedException, ...] = ()
    partners_by_project: dict[str | None, tuple[str, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "partners_by_project", _by_project(self.attachments))

    @property
    def partner_ids(self) -> tuple[str, ...]:
        """Ids of all partners attached to anything, sorted."""
        return tuple(sorted({each.partner_id for each in self.attachments if each.attached}))

    def partners_of(self, project: Project) -> tuple[str, ...]:
        """Ids of the partners attached to this project or to all projects, sorted."""
        everywhere = self.partners_by_project.get(None, ())
        own = self.partners_by_project.get(project.project_id, ())
        return tuple(sorted({*everywhere, *own})) if own else everywhere

    @property
    def open_pairs(self) -> int:
        """How many pairs there are of an open project and a partner attached to it: what explaining costs grows so."""
        of_all = set(self.partners_by_project.get(None, ()))
        own = (self.partners_by_project.get(each.project_id, ()) for each in self.projects if each.is_open)
        return sum(len(of_all) + sum(partner not in of_all for partner in partners) for partners in own)


def _by_project(attachments: Iterable[Attachment]) -> dict[str | None, tuple[str, ...]]:
    partners: dict[str | None, set[str]] = {}
    for each in attachments:
        if each.attached:
            partners.setdefault(each.project_id, set()).add(each.partner_id)
    return {project_id: tuple(sorted(ids)) for project_id, ids in partners.items()}
