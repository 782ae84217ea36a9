"""The commands of ``baotinh``, one module each, imported when they are called."""
