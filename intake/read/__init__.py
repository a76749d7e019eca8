"""From a picture or a page to what stands on it: words, codes, data."""
