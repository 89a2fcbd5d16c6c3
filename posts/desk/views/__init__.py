"""The desk's views, a module for each group of screens: fetch with permission, validate, one call,
respond. What they decide on stands outside, in the modules of `posts.desk`; only `posts.desk.urls`
imports from here. `sign_ups` is a small one to begin with.
"""
