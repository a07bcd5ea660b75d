"""The same crawl on many machines: Dask carries what the catalog leases."""
