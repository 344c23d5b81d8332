"""Slack: what comes in from it, how cards and forms look in it, and how messages leave for it."""

from handlers.slack.part import SlackPart, build_slack

__all__ = ["SlackPart", "build_slack"]
