"""Five simulated factories, a year each: float glass, chemicals, steel, auto filters, electrolytic aluminium.

No plant stands behind them: everything made from them is marked DEMO. Each is plausible in its physics and exact:
integers and decimals from a seed, the same on any machine.
"""
