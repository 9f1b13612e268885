"""Scripts of `make ablations`, a pipeline of its own that shares the study's stages."""
