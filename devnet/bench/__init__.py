"""`carbon bench`: how fast log, ingest, verification and evaluation are, held against bare signature checks of the same
run."""
