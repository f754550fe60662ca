"""The soak: processes killed at random while frames arrive, and parsers fed with damaged documents."""
