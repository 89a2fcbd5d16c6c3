"""What people type at a terminal about subscribers, and `base`, which every command of ours has.

`base` may be imported by the commands of all rooms, and imports none. Start there.
"""
