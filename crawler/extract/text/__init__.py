"""Title, lead, body and captions of an article."""
