"""The revision graph: what follows what, also where the files contradict each other."""

from rules.history.graph import History, history_of

__all__ = ["History", "history_of"]
