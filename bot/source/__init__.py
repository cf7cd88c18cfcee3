"""Reading sources: HTTP, feeds and pages become Articles."""
