"""One file per revision. A released revision never changes; tables of records are only added to."""
