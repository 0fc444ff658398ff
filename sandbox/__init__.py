"""The world around the product on one machine; uses nothing of the product itself."""
