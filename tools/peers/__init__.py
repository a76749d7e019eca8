"""Our reading of pictures beside that of others, on the same pages, one core each."""
