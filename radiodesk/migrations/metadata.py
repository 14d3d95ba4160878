"""Names every module with tables, so that the metadata is whole."""
