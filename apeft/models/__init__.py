"""Base models: where they come from, how they are loaded, and how fast they read and write."""
