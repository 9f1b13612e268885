"""Figures: one module each, with ``NAME``, ``draw(results, settings)`` and ``caption(...)``."""
