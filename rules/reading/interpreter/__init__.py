"""The interpreter over Python's `ast`: one file for each kind of thing that a program is made of."""
