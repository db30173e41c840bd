"""Harnesses that take the disk away in the middle: failing steps, killed processes, and what a power cut may leave."""
