"""Tables: each module turns results into :class:`analysis.tables.write.Table` objects."""
