"""One file as its table is chosen: its name, and what its columns look like."""

import msgspec

from motherlode.collect.contents import Shape, plain
from motherlode.collect.headers import is_unnamed, words

_OTHERS = frozenset({"staff", "supplier", "store"})


class Seen(msgspec.Struct, frozen=True):
    """Title, shapes of the columns, headers that share a key's values.

    `has_heads` says that another file tells when, and by whom, each order was made.
    """

    title: str
    shapes: dict[str, Shape]
    shared: dict[str, str]
    has_heads: bool = False

    def unique(self, header: str) -> bool:
        shape = self.shapes[header]
        return shape.filled == 0 or (shape.filled >= 0.95 * shape.rows and shape.unique >= 0.98)

    def names_each(self, header: str) -> bool:
        """Whether each row says something else there; an empty column says nothing."""
        return self.shapes[header].filled > 0 and self.unique(header)

    def is_about(self, *words_: str) -> bool:
        return bool(set(words_) & set(words(self.title)))

    @property
    def is_of_others(self) -> bool:
        """Whether the rows are staff, suppliers, shops: the file says so, or its own key does."""
        keys = [words(header) for header in self.shapes if self.unique(header)]
        return self.is_about(*_OTHERS) or any(len(key) == 2 and key[0] in _OTHERS and key[1] == "id" for key in keys)

    @property
    def has_no_headers(self) -> bool:
        """Whether names are made up, or cells of a first row stand where names should."""
        numbers = sum(bool(plain(header)) and not any(map(str.isalpha, header)) for header in self.shapes)
        return all(is_unnamed(header) for header in self.shapes) or numbers * 3 >= len(self.shapes)
