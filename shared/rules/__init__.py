"""Rule-set documents, their criteria and what they decide: pure functions of facts and a date, no I/O, no clock."""
