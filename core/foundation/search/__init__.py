"""One search box for everything: any fragment, any spelling, both databases the same answers."""
