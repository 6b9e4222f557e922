"""Certificates and cards for those who issue them: institutions, and officials for their region."""
