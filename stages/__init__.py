"""Pipeline stages: each script reads its parameters, calls the library and writes one folder."""
