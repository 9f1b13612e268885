"""Preference pairs: general ones from scored biographies, atomic ones from half-known facts."""
