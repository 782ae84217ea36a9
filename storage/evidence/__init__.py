"""What proves that a capture was there at a time: manifests in a chain, stamped by others."""
