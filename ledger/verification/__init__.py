"""Verification by a third party as it is practised: its documents, its stages, the people in it. Pure."""
