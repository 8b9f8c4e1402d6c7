"""What Prometheus sees. Labels are names of things of ours (queues, stages, outcomes): never a citizen's data."""

import platform
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from callcenter import __version__

PROMPT_SECONDS: Final = 15.0
"""GB/T 33358-2016: a call is answered within 15 seconds (B-07)."""
WAIT_BUCKETS: Final = (1.0, 2.5, 5.0, 10.0, PROMPT_SECONDS, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0)
LAG_BUCKETS: Final = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)


class Instruments:
    """One registry of its own, so that several servers can live in one process (tests, embedded start)."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._of_calls()
        self._of_the_pbx()
        self._of_work()
        self._of_the_process()

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"hotline_{name}", text, labels, registry=self.registry)

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(f"hotline_{name}", text, labels, registry=self.registry)

    def _of_calls(self) -> None:
        self.calls = self._counter("calls", "Calls ended.", "direction", "outcome")
        self.human_requested = self._counter("human_requested", "Calls that asked for a person (joined a queue).")
        self.human_answered = self._counter("human_answered", "Calls that a person answered.")
        self.human_answered_promptly = self._counter(
            "human_answered_within_15s", "Calls that a person answered within 15 seconds (GB/T 33358)."
        )
        self.waits = Histogram(
            "hotline_queue_wait_seconds",
            "From joining the queue to the answer, or to giving up.",
            ("queue", "end"),
            buckets=WAIT_BUCKETS,
            registry=self.registry,
        )
        self.queue_length = self._gauge("queue_waiting", "Callers waiting.", "pbx", "queue")
        self.rings_missed = self._counter("rings_missed", "Rings that no agent took.", "queue")
        self.open_calls = self._gauge("calls_open", "Calls that this instance follows.")

    def _of_the_pbx(self) -> None:
        self.link_up = self._gauge("ami_link_up", "1 while logged in to Asterisk with a snapshot taken.", "pbx")
        self.link_losses = self._counter("ami_link_losses", "Times the link to Asterisk was lost.", "pbx")
        self.gaps = self._counter("gaps", "Intervals in which the ledger was blind.", "pbx")
        self.gap_recovered = self._counter("gap_facts_recovered", "Facts read back from Asterisk's CEL file.", "pbx")
        self.safe_branch = self._counter("safe_branch", "Callers who took the dialplan's fail-safe branch.", "pbx")

    def _of_work(self) -> None:
        self.order_moves = self._counter("order_moves", "Moves of work orders.", "move", "stage")
        self.breaches = self._counter("order_timers_breached", "Deadlines of orders that passed.", "timer")
        self.callbacks_dialled = self._counter("callbacks_dialled", "Call-back attempts begun.")
        self.callbacks = self._counter("callbacks", "Call-back attempts settled.", "outcome")
        self.callbacks_resolved = self._counter("callbacks_resolved", "Answers to 'was it resolved?'.", "answer")
        self.callbacks_satisfied = self._counter("callbacks_satisfied", "Answers to 'are you satisfied?'.", "answer")
        self.recordings_sealed = self._counter("recordings_sealed", "Recordings sealed.")
        self.recorded_seconds = self._counter("recorded_seconds", "Length of the sealed recordings.")
        self.recordings_lost = self._counter("recordings_lost", "Recordings of which no file was found.")
        self.orphans = self._gauge(
            "recording_orphans", "Found by the last sweep: files without row, rows without file.", "kind"
        )
        self.transcripts = self._counter("transcripts", "Transcriptions finished.", "status")
        self.screen_pops = self._counter("screen_pops", "Cards put before agents.")

    def _of_the_process(self) -> None:
        self.lag = self._gauge("event_loop_lag_seconds", "The longest delay of the event loop in the last minute.")
        self.lags = Histogram(
            "hotline_event_loop_delay_seconds", "Delays of the event loop.", buckets=LAG_BUCKETS, registry=self.registry
        )
        build = self._gauge("build", "Always 1; what runs here.", "version", "python")
        build.labels(version=__version__, python=platform.python_version()).set(1)
