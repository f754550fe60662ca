"""Solidity sources and their reproducible build."""
