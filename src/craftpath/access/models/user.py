"""A login."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser

__all__ = ["User"]


class User(AbstractUser):
    """A login: name, password, second factor. What it may do is said by its duties alone;
    Django's own groups, permissions and staff flags are not read anywhere."""

    class Meta(AbstractUser.Meta):
        pass

    @property
    def shown_name(self) -> str:
        return self.first_name or self.username
