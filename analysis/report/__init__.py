"""The report as one page: from results that are written already to HTML."""
