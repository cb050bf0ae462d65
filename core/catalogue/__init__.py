"""The catalogue: the labour items and parts that the shop offers, with their costs and prices."""
