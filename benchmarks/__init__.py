"""Timings and quality, measured on the code that serves."""
