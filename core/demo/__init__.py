"""The demo shop: a Romanian phone-and-appliance repairer with thirteen months behind it, made through the services."""
