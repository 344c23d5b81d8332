"""The use cases, a module per subject: a function each, one transaction each."""
