"""APEFT study library: no DVC, no MLflow, no parameter files, nothing done at import."""
