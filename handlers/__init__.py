"""Every way in from outside, and back out."""
