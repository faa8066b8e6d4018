"""Exceptions by name: who is whose base."""

from __future__ import annotations

import builtins

from rules.reading.values import Arguments, Class, ExceptionValue, Instance, Native, Unknown, Value

NAMES = tuple(name for name, one in vars(builtins).items() if isinstance(one, type) and issubclass(one, BaseException))
SQLALCHEMY = {
    "SQLAlchemyError": (),
    "DBAPIError": ("SQLAlchemyError",),
    "DatabaseError": ("DBAPIError", "SQLAlchemyError"),
    "IntegrityError": ("DatabaseError", "DBAPIError", "SQLAlchemyError"),
    "OperationalError": ("DatabaseError", "DBAPIError", "SQLAlchemyError"),
    "ProgrammingError": ("DatabaseError", "DBAPIError", "SQLAlchemyError"),
    "InternalError": ("DatabaseError", "DBAPIError", "SQLAlchemyError"),
    "DataError": ("DatabaseError", "DBAPIError", "SQLAlchemyError"),
    "NotSupportedError": ("DatabaseError", "DBAPIError", "SQLAlchemyError"),
    "InvalidRequestError": ("SQLAlchemyError",),
    "NoSuchTableError": ("InvalidRequestError", "SQLAlchemyError"),
    "NoResultFound": ("InvalidRequestError", "SQLAlchemyError"),
    "MultipleResultsFound": ("InvalidRequestError", "SQLAlchemyError"),
    "ArgumentError": ("SQLAlchemyError",),
    "CompileError": ("SQLAlchemyError",),
    "NoInspectionAvailable": ("InvalidRequestError", "SQLAlchemyError"),
    "CommandError": (),
}


def kinds_of(name: str) -> tuple[str, ...]:
    """The name of an exception and those of its bases, nearest first."""
    if name in SQLALCHEMY:
        return (name, *SQLALCHEMY[name], "Exception", "BaseException")
    one = getattr(builtins, name, None) if name in NAMES else None
    if isinstance(one, type):
        return tuple(base.__name__ for base in one.__mro__ if base is not object)
    return (name, "Exception", "BaseException")


def kinds_of_error(error: Exception) -> tuple[str, ...]:
    return tuple(base.__name__ for base in type(error).__mro__ if base is not object)


def exception_class(name: str) -> Native:
    kinds = kinds_of(name)
    return Native(name, lambda arguments, _: _made(kinds, arguments), {"exception": True, "__name__": name})


def _made(kinds: tuple[str, ...], arguments: Arguments) -> ExceptionValue:
    return ExceptionValue(kinds, arguments.positional)


def is_caught(error: Value, wanted: Value) -> bool | None:
    """Whether `except wanted` catches it; None if that is not known (and then it is taken to)."""
    if isinstance(wanted, tuple | list):
        answers = [is_caught(error, one) for one in wanted]
        return True if True in answers else None if None in answers else False
    name = wanted.name if isinstance(wanted, Class | Native) else ""
    if isinstance(wanted, Unknown) or not name:
        return None
    if isinstance(error, ExceptionValue):
        return name in error.kinds
    if isinstance(error, Instance):
        return any(getattr(base, "name", "") == name for base in error.of.ancestors()) or name in (
            "Exception",
            "BaseException",
        )
    return None


def is_kind(error: Value, name: str) -> bool:
    return isinstance(error, ExceptionValue) and name in error.kinds
