"""How the outside learns of a night: mail, a ping, metrics."""
