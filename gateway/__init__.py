"""HTTP: frames in, receipts, tiles and certificates out. No rule of the domain lives here."""
