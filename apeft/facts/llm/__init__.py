"""The fact judge that asks a language model: one module for each question that it is asked."""
