import sqlalchemy as sa

from motherlode.columns import always, perhaps


def test_a_row_fills_what_is_always_there_and_may_leave_the_rest_empty():
    columns = [*always(sa.Text, "name", "role"), *perhaps(sa.Float, "score")]
    assert [(column.name, column.nullable) for column in columns] == [("name", False), ("role", False), ("score", True)]
    assert isinstance(columns[0].type, sa.Text) and isinstance(columns[2].type, sa.Float)
