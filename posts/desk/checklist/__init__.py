"""What is looked at before a letter leaves: each thing fine, to be looked at, or to be mended.

    items       what a line is, and what it is told of: the post, its letter, who gets it
    seen        making that, with the mail rendered once
    writing     what stands in the post and in the inbox
    files       what it encloses: that it is there, and can be read where it cannot be heard
    letter      the letter as it would leave: size, links for readers, sender
    domain      whether the sender's domain vouches for its letters, as its DNS says
    readers     how many they are, beside the last time
    links       where the post's links lead, as far as a worker has looked
    asking      asking other machines whether a link answers, never one of a local network
    checklist   all of them in order; another check is one more function in its `CHECKS`

Start at `checklist`. Nothing here reaches over the network but `asking`, which a worker calls, and
`domain`, which asks the name servers, for a moment, and remembers for some minutes.
"""
