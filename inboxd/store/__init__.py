"""EFFECT. The database: the only room that imports SQL libraries."""
