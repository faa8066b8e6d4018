"""Two columns that hold the same in two types, kept equal by a trigger."""

from __future__ import annotations

from dataclasses import dataclass

from rules.model.columns import DataType
from rules.model.names import Name
from rules.plans.sql import qualified, quoted


@dataclass(frozen=True, slots=True)
class Pair:
    """`old` is the column under its own name, `new` the one beside it; `zone` what a timestamp is read in, quoted."""

    table: Name
    old: str
    new: str
    old_type: DataType
    new_type: DataType
    zone: str | None = None

    @property
    def trigger(self) -> str:
        return f"sync_{self.table.name}_{self.old}"

    @property
    def function(self) -> str:
        return qualified(Name(self.trigger, self.table.schema))

    def to_new(self, old: str) -> str:
        return f"({old} AT TIME ZONE {self.zone})" if self.zone else f"CAST({old} AS {self.new_type})"

    def to_old(self, new: str) -> str:
        return f"({new} AT TIME ZONE {self.zone})" if self.zone else f"CAST({new} AS {self.old_type})"

    def kept_equal(self) -> tuple[str, ...]:
        """The function and the trigger: whichever column is written, the other one follows."""
        old, new = f"NEW.{quoted(self.old)}", f"NEW.{quoted(self.new)}"
        was_old, was_new = f"OLD.{quoted(self.old)}", f"OLD.{quoted(self.new)}"
        to_new, to_old = self.to_new(old), self.to_old(new)
        function = f"""CREATE FUNCTION {self.function}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF {new} IS NULL THEN
      {new} := {to_new};
    ELSIF {new} IS DISTINCT FROM {to_new} THEN
      {old} := {to_old};
    END IF;
  ELSIF {old} IS DISTINCT FROM {was_old} AND {new} IS NOT DISTINCT FROM {was_new} THEN
    {new} := {to_new};
  ELSIF {new} IS DISTINCT FROM {was_new} AND {new} IS DISTINCT FROM {to_new} THEN
    {old} := {to_old};
  END IF;
  RETURN NEW;
END $$"""
        trigger = (
            f"CREATE TRIGGER {quoted(self.trigger)} BEFORE INSERT OR UPDATE ON {qualified(self.table)} "
            f"FOR EACH ROW EXECUTE FUNCTION {self.function}()"
        )
        return function, trigger

    def left_alone(self) -> tuple[str, ...]:
        return (
            f"DROP TRIGGER {quoted(self.trigger)} ON {qualified(self.table)}",
            f"DROP FUNCTION {self.function}()",
        )
