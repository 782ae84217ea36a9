"""What people and other programs read: Atom, differences, the terminal."""
