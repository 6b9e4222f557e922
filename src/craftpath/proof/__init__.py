"""Signed proofs, without a database: canonical form, signature, status, identity of issuers."""
