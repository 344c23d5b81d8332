"""The embedded workspace: a small, strict, in-memory Slack, and the demo's web page on top of it."""
