"""What the tests share: archives, crawls, daemons and sites made for a test."""
