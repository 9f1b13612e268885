"""Data sources: package files pinned by hash, hub sets and local files, all read as rows."""
