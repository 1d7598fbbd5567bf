"""Why no table takes a file: what it is instead, or what it lacks."""

from motherlode.collect.contents import Shape
from motherlode.collect.headers import bare, words
from motherlode.collect.matching import SEVERAL
from motherlode.collect.own_numbers import PERSONAL
from motherlode.collect.seen import Seen


def _is_sum(header: str, said: set[str], shape: Shape) -> bool:
    """Whether a number is one of all sales, or of all customers, of a day or a week."""
    sales = "order" in said and not {"id", "time", "kind", "status"} & said
    return (sales or bare(header) in SEVERAL) and shape.number > 0.9 and shape.distinct > 20


def why_not(seen: Seen) -> str:
    """Why no table takes this file, in one code."""
    said = {header: set(words(header)) for header in seen.shapes}
    if seen.has_no_headers:
        return "no_headers"
    dated = any(shape.date >= 0.6 or shape.epoch >= 0.8 for shape in seen.shapes.values())
    keys = [
        header
        for header, word in said.items()
        if {"customer", "order"} & word
        and ("id" in word or (word == {"customer"} and seen.shapes[header].distinct > 20))
        and bare(header) not in SEVERAL
    ]
    # An e-mail or a mobile says who as well as a number does.
    keys += [header for header, shape in seen.shapes.items() if max(shape.email, shape.mobile) >= 0.5]
    known, again = bool(keys), any(not seen.unique(header) for header in keys)
    counted = any({"quantity", "amount", "cost", "refund"} & word for word in said.values())
    summed = any(_is_sum(header, said[header], seen.shapes[header]) for header in said)
    if dated and (counted or summed) and not known:
        return "aggregate_without_keys"
    if not known and seen.is_of_others:
        return "others"
    sold = any({"order", "quantity", "amount", "price"} & word for word in said.values())
    # One customer in several rows did something several times.
    if known and not dated and (sold or again):
        return "no_time"
    personal = PERSONAL & set().union(*said.values())
    measured = all(shape.number > 0.9 for shape in seen.shapes.values())
    if not known and (personal or measured or dated or len(seen.shapes) > 8):
        return "no_customer"
    return "reference_only" if len(seen.shapes) <= 8 and not dated else "unknown"
