"""Rules that grade answers to questions about false premises and to questions nobody can answer."""
