"""Several archives read side by side, as if they were one."""
