"""Events in bulk: rows of a CSV by a mapping, or lines of JSON; checked, sorted by customer, sent to the queue."""
