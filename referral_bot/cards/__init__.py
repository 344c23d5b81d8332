"""What people see, as platform-neutral cards and forms."""
