"""Evaluating a variant: what it writes, what it ranks first, and how far it moved."""
