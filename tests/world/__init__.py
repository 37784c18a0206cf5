"""A small news world of our own on 127.0.0.1: three papers, all their truth known.

>>> with World.serve(per_paper=20) as world:
...     len(world.papers), world.edition
(3, 1)
"""

from tests.world.articles import Fate, Quirk, WorldArticle
from tests.world.happenings import Happening
from tests.world.world import World

__all__ = ["Fate", "Happening", "Quirk", "World", "WorldArticle"]
