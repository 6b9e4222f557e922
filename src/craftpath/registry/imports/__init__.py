"""Bringing data in: sheets of rows, read safely, checked cell by cell, ready to be written.

reading    a file as uploaded → sheets of plain cells; refuses what is hostile or broken
apart, reader, inspecting   the reading itself, in a process with a memory limit of its own
sorts      which columns each sort of sheet has, in both languages
cells      one cell → a value, or what is wrong with it and the mend
checking   rows → what they say, and their problems; asks `lookups` for what is registered
staged     what passed, sealed, slice by slice, for `registry.actions.imports` to write
template, rejects   the files that go out
"""
