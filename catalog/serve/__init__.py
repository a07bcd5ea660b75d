"""The catalog on a web page: Datasette over a published snapshot, and a home page of our own."""
