"""Facts stated in a text, how they are checked against the knowledge base, and their score."""
