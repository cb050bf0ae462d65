"""The shell of every screen: assets, theme, headers, formats, forms, lists, error pages. See README.md."""
