"""What happens to a message: a file per trigger, named as the trigger is.

An event about a customer: gather (the customer, its partners, the rules), decide, commit, relay the notification. An
event about a partner: commit the fact, fan out to the customers attached. The queue message is the retry token: a
handler returns only when what it found or made is done or handed on.
"""
