"""Language models as readers: a chat seam, a cache of replies, and validated answers."""
