"""What the tables of the room say of their columns is what the engine stores."""

from datetime import date

import pytest

AS_OF = date(2024, 6, 30)
NAMES = {"BIGINT": "int64", "DOUBLE": "float64", "VARCHAR": "string", "DATE": "date", "BOOLEAN": "boolean"}


@pytest.mark.parametrize(
    "name", ["benchmarks", "habits", "months", "next_category", "pareto", "rfm", "season", "stages"]
)
def test_columns_have_the_types_that_the_expressions_say(shop, name):
    made = shop(AS_OF)
    made.make(name)
    wrong = {
        (table, column): (stored, said)
        for table, expression in made.expressions(name).items()
        for column, said in expression.schema().items()
        if NAMES.get(stored := made.type_of(table, column)) != str(said.copy(nullable=True))
    }
    assert wrong == {}
