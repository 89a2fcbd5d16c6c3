"""What is sent and what is answered, as Pydantic checks it and the document shows it.

What comes in is taken strictly: no other fields, no numbers written as texts.
"""
