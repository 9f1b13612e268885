"""Abilities that tuning for factuality does not aim at: maths, knowledge, reasoning and bias."""
