"""Signed proofs, without a database, a clock or a network.

    badge_document(badge)                     a credential: Open Badges 3.0     badge
    status_list(…), bits_of, Entry            what is revoked or suspended      status
    add_proof(document, signer, created)      sign (eddsa-rdfc-2022)            integrity
    check_credential(document, key_of, …)     verify, with a closed set of      check, faults
    check_signed(document, key_of)              reasons: `Refused(Fault)`
    read_json(content)                        a file from a stranger            shape
    LocalSigner, PublicKey, Signer            keys; a signer can be replaced    keys
    did_web(base), did_document(did, keys)    who an issuer is                  did
    write_token(…), read_token(…)             the short token of a QR code      token

Decisions 0018 (suite and format) and 0019 (issuers and their keys).
"""
