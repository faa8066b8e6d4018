"""Keeps credentials out of logs, whoever writes them."""

from __future__ import annotations

import logging
import re

_SECRETS = re.compile(
    # Installation tokens have been long, with dots, since April 2026: `ghs_APPID_JWT`; the App's JWT is the same shape.
    r"\bgh[a-z]_[A-Za-z0-9._-]{16,}|\bgithub_pat_[A-Za-z0-9_]{16,}"
    r"|\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    re.DOTALL,
)
REDACTED = "[redacted]"


def redacted(text: str) -> str:
    return _SECRETS.sub(REDACTED, text)


class RedactionFilter(logging.Filter):
    """To be added to handlers: a filter on a logger does not see what its children log."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        cleaned = redacted(message)
        if cleaned != message:
            record.msg, record.args = cleaned, None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = redacted(record.exc_text)
        return True
