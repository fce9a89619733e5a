"""One assistant for many callers: admission control and metrics."""
