"""Several archives made one, row by row and with captures: repeating changes nothing."""
