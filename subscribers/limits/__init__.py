"""Who may cause how many mails by typing an address into a form.

For a view: `throttle.allow(kind=…, address=…, network=network_of(request), proven=…)`.
"""
