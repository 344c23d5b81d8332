"""What is kept, and how: the store port on SQLite and PostgreSQL."""
