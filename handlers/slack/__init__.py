"""Slack: what comes in from it, how cards and forms look in it, and how messages leave for it."""
