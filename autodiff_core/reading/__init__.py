"""What a tape and a program tell of themselves: their records as values, tables and pictures.

Everything here reads: nothing is recorded, used up or changed. It is loaded when it is first asked for.
"""
