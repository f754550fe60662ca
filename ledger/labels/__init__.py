"""What is printed on things: the signed compact statement in a QR code, and the labels that carry the code."""
