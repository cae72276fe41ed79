"""The HTTP door: the only place that knows FastAPI."""
