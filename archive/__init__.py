"""What we keep: pages, articles and their versions in SQLite, and how they are found again."""
