"""Documents from beyond a folder: a web page or an archive, kept as a dated copy in the index."""
