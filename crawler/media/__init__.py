"""Pictures and documents that articles show: which are wanted, and what their bytes are."""
