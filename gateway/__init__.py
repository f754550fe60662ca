"""HTTP in front of the ledger: frames in, proofs and certificates out. No rule of the domain lives here."""
