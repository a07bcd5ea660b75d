"""The command line, the configuration, and one run from end to end."""
