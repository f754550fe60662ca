"""A certificate as verifiable credentials: W3C VC 2.0 with either proof, SD-JWT VC, UNTP; and their status lists."""
