"""What a shop sets for itself: typed settings of core and plugins, its locations, and the numbers of its papers."""
