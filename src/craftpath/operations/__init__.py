"""Keeping a site: its records file, its backups and the proof that they can be restored."""
