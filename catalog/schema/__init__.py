"""The shape of the catalog: tables, what is derived from them, views, and what each means."""
