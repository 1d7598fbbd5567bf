"""A project in which one person stands in every canonical table with a canary in every field."""

import csv
from pathlib import Path
from typing import Any

from motherlode.schemas import INPUTS, Input

WHO, BYSTANDER = "zq-canary-7", "bystander-1"
PERSONAL = {
    "phone": "13800138777",
    "email": "zqcanary@example.com",
    "id_card": "11010519491231002X",
    "birthday": "1990-05-17",
    "receiver_phone": "13800138778",
}
TYPED = {"money": "12.34", "number": "3", "flag": "yes", "moment": "2024-05-06 07:08:09", "day": "2024-05-06"}


def canary(table: Input, column: Any) -> str:
    """A value for a field that stands nowhere else; typed fields take a plain one, which no scan looks for."""
    if column.name == "customer_id":
        return WHO
    if column.name in PERSONAL:
        return PERSONAL[column.name]
    if column.name == "age":
        return "33"
    if column.kind != "text":
        return TYPED[column.kind]
    # A person has one name: what a later file says of it takes the place of what an earlier one said.
    return f"zqcanary-{column.name}" if column.personal else f"zqcanary-{table.name}-{column.name}"


def tables() -> list[Input]:
    """Tables whose rows name a customer."""
    return [table for table in INPUTS.values() if any(column.name == "customer_id" for column in table.columns)]


def canaries() -> set[str]:
    """Every value that an access request must find and an erasure leave nowhere."""
    texts = {canary(table, column) for table in tables() for column in table.columns if column.kind == "text"}
    return {text for text in texts if "zq" in text} | {"13800138777", "13800138778", "11010519491231002X"}


def write(root: Path) -> Path:
    (root / "inbox").mkdir(parents=True)
    parts = ['name = "canaries"']
    for table in tables():
        names = [column.name for column in table.columns]
        hers = {column.name: canary(table, column) for column in table.columns}
        other = {name: value.replace("zqcanary", "other") for name, value in hers.items()} | {
            "customer_id": BYSTANDER, "phone": "13900139000", "email": "other@example.com", "id_card": "",
            "receiver_phone": "",
        }  # fmt: skip
        rows = [hers, {name: other[name] for name in names}]
        if table.name == "orders":
            # Bought as a guest, known by the phone alone.
            rows.append({**hers, "customer_id": "", "order_id": "zqcanary-guest"})
        with (root / "inbox" / f"{table.name}.csv").open("w", newline="", encoding="utf-8") as out:
            writer = csv.DictWriter(out, names)
            writer.writeheader()
            writer.writerows(rows)
            if table.name == "customers":
                out.write(f"{WHO},zqcanary-broken\r\n")
        columns = ", ".join(f'{name} = "{name}"' for name in names)
        parts.append(f'[sources.{table.name}]\npath = "inbox/{table.name}.csv"\ntable = "{table.name}"')
        parts.append(f"columns = {{ {columns} }}")
    (root / "motherlode.toml").write_text("\n".join(parts), encoding="utf-8")
    return root


def found(root: Path, *, beside: tuple[str, ...] = ("inbox",)) -> list[tuple[str, str]]:
    """Canaries in the bytes of files of the project, outside the company's own."""
    files = [path for path in root.rglob("*") if path.is_file() and path.relative_to(root).parts[0] not in beside]
    texts = [(path, path.read_bytes().lower()) for path in files]
    looked_for = {*canaries(), "zqcanary", WHO}
    return sorted({(path.name, one) for path, text in texts for one in looked_for if one.lower().encode() in text})
