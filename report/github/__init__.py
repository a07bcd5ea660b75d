"""The report on GitHub: one issue kept up to date, one pull request with the repairs."""
