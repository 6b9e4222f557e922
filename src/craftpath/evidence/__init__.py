"""Record files: read them, check every row, set the bad ones apart, write results whole.

open_records(path)      Parquet or CSV → a stream of chunks in one schema    (read)
whole_parties(chunks)   the same rows, cut only between parties              (parties)
check_rows, rejects_of  a reason for every row that cannot be used           (check)
RejectsWriter           the rejects as a file                                (write)
atomic_path             a file that is whole or not there                    (write)
"""
