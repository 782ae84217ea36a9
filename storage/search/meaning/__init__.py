"""What a query means: numbers, dates, short forms, keys, words as they were meant."""
