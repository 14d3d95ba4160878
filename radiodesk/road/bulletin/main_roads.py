"""On which main road a condition lies, and how far along it a driver meets it."""

from collections import defaultdict

from radiodesk.language.places.nouns import AreaPack, Corridor
from radiodesk.road.ports import Condition


class Roads:
    """The pack's corridors by place. A junction lies on several; the direction of the report decides between them."""

    def __init__(self, pack: AreaPack | None) -> None:
        self._through: dict[str, list[tuple[Corridor, int]]] = defaultdict(list)
        self._names: dict[str, str] = {}
        for corridor in pack.corridors if pack else ():
            self._through[corridor.id].append((corridor, 0))
            names = [corridor.name]
            for position, place_id in enumerate(corridor.places):
                self._through[place_id].append((corridor, position))
                place = pack.place_by_id.get(place_id) if pack else None
                names.append(place.name if place else "")
            self._names[corridor.id] = " | ".join(names).lower()

    def of(self, condition: Condition) -> tuple[Corridor | None, int]:
        """The corridor and the position on it; (None, 0) for a place on none."""
        for place_id in condition.place_ids:
            through = self._through.get(place_id)
            if through:
                return max(through, key=lambda one: self._leads_there(one[0], condition.toward))
        return None, 0

    def _leads_there(self, corridor: Corridor, toward: tuple[str, ...]) -> int:
        return sum(name.lower() in self._names[corridor.id] for name in toward)
