"""Revision graphs as pictures: text, Mermaid, Graphviz, SVG. Pure, and the same for the same graph."""

from bot.drawing.dot import dot
from bot.drawing.mermaid import mermaid
from bot.drawing.svg import svg
from bot.drawing.text import text

__all__ = ["dot", "mermaid", "svg", "text"]
