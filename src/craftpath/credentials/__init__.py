"""Certificates and cards: numbered, signed, printed, checked by anybody, suspended and taken back.

What pages, the API and commands call. Every write is an action (`actor` first, Refusals as in
`access.errors`); every read of somebody's own is scoped; whoever checks a proof needs no login.

actions.issuers
    register_issuer(actor, party_id, *, slug, code="", region="") -> Issuer
    make_key(actor, issuer_id, *, signer=SEALED) -> IssuingKey      the first, or the next
    retire_key(actor, key_id, *, why) -> IssuingKey     nothing is signed until the next is made
    break_key(actor, key_id, *, since, why) -> IssuingKey           stolen: no longer published
actions.issuing
    issue(actor, record_ids) -> list[Credential]        at most 200; signed when it returns
    issue_for_programme(actor, slug, *, note="", enqueue=True) -> PrintRun
                                                        everybody who lacks one; prints them too
    sign_pending(limit=None) -> int                     completes what was left unsigned
actions.printing
    print_again(actor, run_id, *, enqueue=True) -> PrintRun        after delete_print or a problem
    open_print(actor, run_id) -> File                   the run's PDF; audited
    delete_print(actor, run_id) -> PrintRun
actions.changes                                         `day`: from which, today where None
    suspend(actor, public_id, *, why, day=None) -> Credential
    resume(actor, public_id, *, why) -> Credential
    revoke(actor, public_id, *, why, day=None) -> Credential
    reissue(actor, public_id, *, why) -> Credential     the new one; the old one is superseded
    correct_name(actor, public_id, *, why, name="", name_en="") -> Credential
                                                        the new one; by officials only
actions.cards
    renew_card(actor, public_id, *, until, why="") -> Credential   the new one
    use_card(actor, presented, benefit, *, day=None, note="") -> CardUse
                                                        presented: the QR's token, or the number
    take_back_use(actor, use_id, *, why) -> CardUse
actions.shares
    make_share(actor, public_ids, *, with_whom, until) -> Made     .share, and .secret shown once
    withdraw_share(actor, share_id) -> Share
queries
    issuers_seen_by(actor), issuer_seen_by(actor, issuer_id), key_seen_by(actor, key_id)
    credentials_seen_by(actor), credential_seen_by(actor, public_id)
    credentials_issued_by(actor), credential_issued_by(actor, public_id)     to decide about
    lacking(programme) -> QuerySet[Record]              who passed and has no credential yet
    runs_seen_by(actor), run_seen_by(actor, run_id), progress_of(run) -> Progress
    shares_of(actor), uses_seen_by(actor)
verification                                            logged; limited by address (TooOften)
    check_code(token, *, name="", address="", way=Way.CODE) -> Finding
    check_number(number, name, *, address="", way=Way.NUMBER) -> Finding
    check_file(content, *, name="", address="", way=Way.FILE) -> Finding
    open_share(secret, *, address="") -> Opened
publishing                                              for strangers' software
    did_document(slug) -> str
    status_list(slug, purpose, number) -> str
    finding_of(credential, day, *, name_known=False) -> Finding      for one's own page; not logged
paper
    pdf_of(credential) -> bytes                         one page, PDF/A-2a
    png_of(credential, ppi=96) -> bytes
addresses
    the addresses that stand in what is signed; `web` and `api` serve them
"""
