"""The core: reads documents, checks invoices, keeps the ledger, answers questions."""

from __future__ import annotations

#: The version of the service, after Semantic Versioning; this is the one place. ``-dev``: what CHANGELOG.md has under
#: [Unreleased] and will be that version.
__version__ = "1.0.0-dev"
