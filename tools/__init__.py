"""Programs that set up and check this checkout. They are no part of the wheel."""
