"""The demo: a sample archive, a little web on loopback that plays its hosts, and two nights."""
