"""How places are shared out: pure functions over frozen nouns, no clock, no database.

first_come(entrants, quota)         whoever was first
ranked(entrants, quota)             whoever has most points
lottery(entrants, quota, seal)      by a draw that anyone can check
freed(line, quota, gone)            who moves up where somebody has gone
"""
