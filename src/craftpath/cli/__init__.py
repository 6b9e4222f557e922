"""The command: `craftpath decide`, `explain`, `sample`, `pack check|show|test`.

`main` only declares; each command's body lives in its own module and is imported when it runs, so
that `craftpath --help` answers at once.
"""
