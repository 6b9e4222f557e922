"""The compiled half of the engine: small loops over plain arrays, no Python objects.

layout     where things stand in the arrays that these read
encoding   words of a record as numbers
calendar   days, months and years as numbers
daysets    unions, intersections and complements of sorted intervals in one shared pool
matching   does this record match this pattern: no, may, surely
holding    one loop per kind of test: from records to the days on which it holds
service    one question for everybody: the first day on which time adds up
judging    rules over those days: verdict, route, amount, what is missing

compiled   how each of them is compiled
cache      where that is kept from one run to the next
"""
