"""Samplers: text from a model, behind one protocol."""
