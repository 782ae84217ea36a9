"""What is still to be fetched, and what runs did about it."""
