"""Handles messages: a file per trigger, with the trigger's name.

An event about a customer: gather (the customer, its partners, the rules), decide, commit, relay the notification. An
event about a partner: commit the fact, fan out to the customers attached. The queue message is the retry token: a
handler returns only when everything it found or made is done or enqueued.
"""
