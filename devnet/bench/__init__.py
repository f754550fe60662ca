"""`carbon bench`: how fast the log, ingest and verification are, held against bare signature checks in the same run."""
