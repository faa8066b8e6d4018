"""Prometheus figures: deliveries as this process saw them, the queue as Redis tells it, the workers' own counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.queue import JobQueue, QueueUnavailable
from bot.tally import TALLIES, Tally


class WebCounters:
    """One per application, with a registry of its own."""

    def __init__(self, queue: JobQueue) -> None:
        self._registry = CollectorRegistry()
        self._deliveries = Counter(
            "dbbot_webhook_deliveries",
            "Webhook deliveries by event and answer.",
            ("event", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "dbbot_webhook_seconds",
            "Seconds until a delivery was answered.",
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
            registry=self._registry,
        )
        self._registry.register(QueueFigures(queue))

    def delivery(self, event: str, status: int, seconds: float) -> None:
        """`event` is one of ours, `other`, or `-` where it was not read: senders choose no label."""
        self._deliveries.labels(event, str(status)).inc()
        self._seconds.observe(seconds)

    def text(self) -> bytes:
        return generate_latest(self._registry)


class QueueFigures(Collector):
    """Asked at each scrape; when Redis is away it says so and gives nothing else."""

    def __init__(self, queue: JobQueue) -> None:
        self._queue = queue

    def describe(self) -> Iterator[Metric]:
        yield GaugeMetricFamily("dbbot_queue_up", "")

    def collect(self) -> Iterator[Metric]:
        try:
            numbers = self._queue.numbers()
            oldest = self._queue.oldest_waiting()
            tally = Tally(self._queue.connection).read()
        except QueueUnavailable:
            yield GaugeMetricFamily("dbbot_queue_up", "1 if Redis answers.", 0)
            return
        yield GaugeMetricFamily("dbbot_queue_up", "1 if Redis answers.", 1)
        for name, value in asdict(numbers).items():
            what = "Workers alive." if name == "workers" else f"Jobs {name}."
            yield GaugeMetricFamily(f"dbbot_{name}" if name == "workers" else f"dbbot_jobs_{name}", what, value)
        yield GaugeMetricFamily("dbbot_oldest_job_seconds", "How long the oldest waiting job waits.", oldest)
        for name, words in TALLIES.items():
            yield CounterMetricFamily(f"dbbot_{name}", words, tally.get(name, 0))
