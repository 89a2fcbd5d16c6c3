"""Tags that people carry, and segments: parts of a newsletter's people that a rule describes.

Start with `rules`: a rule is JSON, and each kind of condition is registered, also by rooms that
know more than we do. The desk imports `actions`; mailings freeze a rule and ask for its members.
"""
