"""What finding and deciding many customers again takes, scaled up from two numbers of customers that were measured."""

from collections.abc import Callable
from dataclasses import dataclass, field

from bench._counted import Place, Profile
from shared.storage.store import Table


@dataclass
class Walked:
    """What finding so many customers took, for two numbers of them, the smaller first."""

    walks: list[Profile] = field(default_factory=list)

    def chains(self, table: Table) -> int:
        """How many go through its rows at a time."""
        return self.walks[-1].at_once[table] or 1

    @property
    def most_read(self) -> Table:
        """The table whose rows they go through."""
        return self.walks[-1].rows.most_common(1)[0][0].table

    def seconds(self, customers: int) -> float:
        return self._of(customers, lambda profile: profile.seconds)

    def requests(self, customers: int) -> float:
        return self._of(customers, lambda profile: profile.requests)

    def messages(self, customers: int) -> float:
        return self._of(customers, lambda profile: sum(profile.sent.values()))

    def rows(self, customers: int, place: Place) -> float:
        return self._of(customers, lambda profile: profile.rows[place])

    def _of(self, customers: int, figure: Callable[[Profile], float]) -> float:
        one, two = self.walks
        each = (figure(two) - figure(one)) / (two.number - one.number)
        return max(figure(two) + each * (customers - two.number), 0)


@dataclass
class DecidedAgain:
    """Customers whose outcome stays and whose outcome changes for one reason; reads of partners are apart."""

    stay: Profile
    change: Profile


@dataclass
class Everybody:
    """By reason how customers are found and decided."""

    walked: dict[str, Walked]
    decided: dict[str, DecidedAgain]
