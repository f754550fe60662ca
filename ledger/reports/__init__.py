"""The report of a result: one view model in one language, written as HTML and as PDF.

reading (a foreign document, every failure named) → facts (sections of blocks, texts formatted) → html, pdf. Nothing is
computed here but shares and sums for display, and nothing but this package rounds.
"""
