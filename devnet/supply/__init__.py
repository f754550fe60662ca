"""A supply chain to look at: smelter, filter maker, car maker; what each certifies rests on what the others did."""
