"""A made-up city to try the site on: its people, employers and schools, and programmes at every
stage. The lives are those of `craftpath.sample`; nobody in it exists.

    make_city(people=5000, seed=1)   fills an empty database; returns the accounts to log in with
"""
