"""Processes beside the web: the reader of documents, the sweeper, the watcher of folders."""
