"""Pipeline stages: each script reads its parameters, calls the library and writes one folder."""

import os

from stages.environment import tell_wrong_python

# Threads that wait for work sleep: alone a stage is as fast, and beside other work on the same
# cores it is several times faster than with threads that spin. Read when torch is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
tell_wrong_python()
