"""Records that are sent to other processes, pickled by their slots.

A frozen dataclass with slots asks, in Python, what its fields are each time that it is
pickled. A visit comes with half a dozen records, and this is most of what sending it costs.
"""

from dataclasses import fields
from operator import attrgetter
from typing import Any, TypeVar

Record = TypeVar("Record")


def sent(cls: type[Record]) -> type[Record]:
    """Let the records of *cls*, a dataclass with slots and two fields or more, pickle quickly."""
    names = [field.name for field in fields(cls)]  # type: ignore[arg-type] # it is a dataclass
    # A frozen record refuses to be assigned to; its slots do not.
    setters = [vars(cls)[name].__set__ for name in names]
    get_state = attrgetter(*names)

    def set_state(record: Record, state: tuple[Any, ...]) -> None:
        for set_slot, value in zip(setters, state, strict=True):
            set_slot(record, value)

    # In place of what the dataclass made for itself; mypy knows no methods that are given later.
    cls.__getstate__ = lambda record: get_state(record)  # type: ignore[assignment,method-assign]
    cls.__setstate__ = set_state  # type: ignore[attr-defined]
    return cls
