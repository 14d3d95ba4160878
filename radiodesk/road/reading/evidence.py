"""Signs that a clause speaks of a road or a place, without knowing any place by name."""

from radiodesk.language.places.dictionaries import load_words
from radiodesk.road.reading.against import OWN, TRAFFIC
from radiodesk.road.reading.road_words import Dictionaries
from radiodesk.road.reading.tokens import Post

NUMBERED = frozenset({"tiga", "empat", "lima", "3", "4", "5"})
"""Of "simpang tiga Jetak" the word between kind and name."""

_SOMEWHERE = frozenset({"di", "depan", "sekitar", "dari", "sepanjang", "dekat"})


class Evidence:
    """What one post shows of roads and places. ``taken`` are the positions of words that say how it flows or why."""

    def __init__(self, post: Post, known: Dictionaries, taken: set[int]) -> None:
        self.post, self.known, self.taken = post, known, taken
        self.words = post.words

    def of_a_road(self, start: int, stop: int) -> bool:
        """Whether traffic is named, or a road or direction with a name behind it."""
        for index in range(start, stop):
            word = self.words[index]
            if word in TRAFFIC:
                return True
            if (word in self.known.roads or word in self.known.toward) and self.name_like(index + 1):
                return True
        return self._from_to(start, stop)

    def _from_to(self, start: int, stop: int) -> bool:
        """Whether the clause goes "dari A ke B"."""
        for index in range(start, stop):
            if self.words[index] == "dari" and self.name_like(index + 1):
                goals = range(index + 2, min(index + 6, stop))
                return any(self.words[far] == "ke" and self.name_like(far + 1) for far in goals)
        return False

    def somewhere(self, start: int, stop: int) -> bool:
        """Whether a word that leads to a place has one behind it, and nobody speaks of himself."""
        if not self.known.persons.isdisjoint(self.words[start:stop]):
            return False
        return any(self.words[index] in _SOMEWHERE and self.name_like(index + 1) for index in range(start, stop))

    def name_like(self, index: int) -> bool:
        """Whether a name may begin here: a kind of place, a capital, or a word that everyday posts do not use."""
        while index < len(self.words) and self.words[index] in (".", "di", "ke", "("):
            index += 1
        if index >= len(self.words) or index in self.taken:
            return False
        word, known = self.words[index], self.known
        if word in known.indoors:
            follows = self.words[index + 1] if index + 1 < len(self.words) else ""
            return follows.isdigit() or (follows.isalpha() and self.name_like(index + 1))
        if word in known.kinds:
            return True
        if word in NUMBERED:
            return self.name_like(index + 1)
        if word in known.stop or not word[0].isalpha() or word in known.figure_subjects or word in known.abstract:
            return False
        if self.post.text[self.post.starts[index]].isupper():
            return index > 0 or word not in load_words().common
        return word not in load_words().common and OWN.sub("", word) == word

    def head(self, start: int, stop: int) -> int:
        """Past those a clause is said to: "Lur, Klotok banjir"; its last word stays."""
        while start < stop - 1 and (self.words[start] in self.known.to_whom or self.words[start] == ","):
            start += 1
        return start
