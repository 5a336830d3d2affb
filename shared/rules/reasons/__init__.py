"""Trees of reasons: made within bounds, cut to what decided, put in a phrase."""
