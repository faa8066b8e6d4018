"""All namespaces that are offered, by dotted name."""

from __future__ import annotations

from functools import cache

from rules.reading.offers.connection import ConfigValue, MigrationContextValue, dialect_names
from rules.reading.offers.events import event_names
from rules.reading.offers.inspection import InspectorValue
from rules.reading.offers.models import model_names
from rules.reading.offers.operations import OperationsValue
from rules.reading.offers.sessions import session_names
from rules.reading.offers.sqlalchemy_names import sqlalchemy_namespaces
from rules.reading.offers.standard_library import standard_namespaces
from rules.reading.offers.synced_enums import enum_plugin_namespaces
from rules.reading.offers.third_party import third_party_namespaces
from rules.reading.values import Namespace, Native, Value


@cache
def namespaces() -> dict[str, Namespace]:
    """Made once: nothing in it can be changed by a migration."""
    inspect = Native("sa.inspect", lambda _, __: InspectorValue())
    inspector: dict[str, Value] = {
        "Inspector": Native("Inspector", lambda _, __: InspectorValue(), {"from_engine": inspect})
    }
    own: dict[str, dict[str, Value]] = {
        **dialect_names(),
        "sqlalchemy": {"inspect": inspect, "Inspector": inspector["Inspector"]},
        "sqlalchemy.inspection": {"inspect": inspect},
        "sqlalchemy.engine.reflection": inspector,
        "sqlalchemy.engine": inspector,
    }
    for dotted, members in (*session_names().items(), *model_names().items(), *event_names().items()):
        own.setdefault(dotted, {}).update(members)
    return {
        **standard_namespaces(),
        **third_party_namespaces(),
        **enum_plugin_namespaces(),
        **sqlalchemy_namespaces(own),
        **_alembic(),
    }


def _alembic() -> dict[str, Namespace]:
    operations, context = OperationsValue(), MigrationContextValue()
    objects = Namespace("alembic.operations", {"Operations": Native("Operations", lambda _, __: operations)})
    migration = Namespace("alembic.migration", {"MigrationContext": Native("MigrationContext", lambda _, __: context)})
    top = Namespace("alembic", {"op": operations, "context": context, "operations": objects, "migration": migration})
    return {
        "alembic": top,
        "alembic.operations": objects,
        "alembic.migration": migration,
        "alembic.runtime.migration": migration,
        "alembic.op": Namespace(
            "alembic.op", {}, lambda name: Native(name, lambda a, m: m.call(operations.attribute(name, m), a))
        ),
        "alembic.context": Namespace(
            "alembic.context",
            {"config": ConfigValue()},
            lambda name: Native(name, lambda a, m: m.call(context.attribute(name, m), a)),
        ),
    }
