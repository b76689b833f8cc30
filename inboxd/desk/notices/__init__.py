"""Notices of downtime, and surges of cases that may need one."""
