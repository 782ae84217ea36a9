"""Item pipeline steps, one a file: thin shells over :mod:`storage`."""
