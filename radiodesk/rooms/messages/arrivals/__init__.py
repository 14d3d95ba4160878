"""What comes in from outside, kept as it came before anything reads it.

A webhook, a form or a modem hands something over: it is written to disk (``store``), answered, and taken into the queue
(``taking``), at once where the database takes it, else by the attendant. What no parser understands shows as a card and
can be read again after a mend. The database never needs to work for something to be safe.
"""
