"""Messages out: one ``Sender`` protocol, a file per transport."""
