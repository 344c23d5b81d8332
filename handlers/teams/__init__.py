"""Microsoft Teams: what comes in from it, how cards and forms look in it, and how messages leave for it.

`handlers.teams.part` loads Microsoft's SDK, so it is imported only where Teams is configured.
"""
