"""The knowledge base: people, countries, elements and questions, merged and split."""
