"""What `make ablations` finds: one module for each question, pure functions of collected tables."""
