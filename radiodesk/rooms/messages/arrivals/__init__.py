"""What comes in from outside, kept as it came before anything reads it.

A webhook, a form or a modem hands something over: it is written to disk (``arrival_store``), answered, and taken
into the queue (``arrival_intake``), at once where the database takes it, else by the attendant. What no parser
understands is shown as a card and can be read again by a later version. An arrival is safe without the database.
"""
