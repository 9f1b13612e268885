"""Preference tuning: losses by TRL, adapters by PEFT, everything deterministic."""
