"""Logs as lines of text or JSON, on standard error, with every token cut out; payloads are never logged."""

from __future__ import annotations

import logging
import re
import sys

import structlog

from bot.github.redaction import REDACTED, redacted

IN_ADDRESSES = re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)|\bsha256=[0-9a-f]{64}\b")


def redact(text: str) -> str:
    """The text without private keys, GitHub tokens (old and long form), JWTs, signatures and passwords in addresses."""
    return IN_ADDRESSES.sub(REDACTED, redacted(text))


class RedactingFormatter(structlog.stdlib.ProcessorFormatter):
    """Works on the finished line, so that tracebacks and other libraries' messages are cut too."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def set_up_logging(form: str = "text", level: str = "info") -> None:
    """Sends structlog and the standard library's loggers the same way. May be called again."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: structlog.types.Processor
    if form == "json":
        last = structlog.processors.JSONRenderer(sort_keys=True)
        shared.append(structlog.processors.format_exc_info)
    else:
        last = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        RedactingFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last]
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for noisy in ("httpx", "httpcore", "github", "urllib3", "markdown_it", "rq", "rq.worker", "rq.job", "rq.scheduler"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
        cache_logger_on_first_use=False,
    )
