"""Where things are kept: tables, the state machine with its chain of events, files."""
