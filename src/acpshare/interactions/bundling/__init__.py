"""The parts of a batch or transaction: its entries, the links between them, the unit they work in, the answer."""
