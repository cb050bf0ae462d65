"""What every area and plugin stands on; it knows nothing of the repair trade."""
