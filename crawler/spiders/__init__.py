"""The spiders: `issues` reads an archive, `links` follows what is due."""
