"""Product footprints as the PACT specification 3.0 (WBCSD) exchanges them: pure, no request and no database."""
