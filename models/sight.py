"""What somebody may see of other people's invoices."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sight:
    """What one person may see: always what they sent, and what belongs to their companies and departments.

    ``companies`` are tax ids of buyers, ``departments`` those of senders; None is all of them, an empty set none. An
    invoice is seen when both fit. What has no company or department yet belongs to nobody, and only None sees it.
    """

    name: str
    companies: frozenset[str] | None = frozenset()
    departments: frozenset[str] | None = frozenset()

    @property
    def everything(self) -> bool:
        """Whether nothing is hidden."""
        return self.companies is None and self.departments is None

    @property
    def own_only(self) -> bool:
        """Whether nothing is seen but what they sent themselves."""
        return self.companies == frozenset() or self.departments == frozenset()


#: The service itself, and the command line of the machine that it runs on.
EVERYTHING = Sight("", None, None)
