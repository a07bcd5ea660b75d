"""What sites are known to write on walls, on error pages, and on living pages."""
