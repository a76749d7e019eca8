"""Drills: the running service is killed, starved and confused, and then asked whether anything was lost."""
