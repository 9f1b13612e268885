"""Pure functions from collected results to figures, tables and reports."""
