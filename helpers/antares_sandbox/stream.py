"""A local stream of alerts: an embedded Kafka cluster for ``StreamingClient``.

It needs the extra ``stream`` (confluent-kafka).
"""

import re
import zlib
from collections.abc import Iterable
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Literal, Self

import bson  # type: ignore[import-untyped]  # It ships no type information.

try:
    import confluent_kafka
except ImportError as error:
    raise ImportError(
        "antares_sandbox.stream needs confluent-kafka: pip install 'antares-helpers[stream]'"
    ) from error

from antares_client import StreamingClient

from antares_helpers.errors import BadDataError
from antares_sandbox.bundled import BUNDLED
from antares_sandbox.errors import SandboxError
from antares_sandbox.server import Sandbox
from antares_sandbox.store import LocusStore
from antares_sandbox.store.folder import index_folder
from antares_sandbox.store.format import LocusFile

__all__ = ["FORMS", "TOPIC_PREFIX", "SandboxStream", "SandboxStreamingClient", "locus_message"]

TOPIC_PREFIX = "client."
"""The prefix of the topics that users may read; ``StreamingClient`` adds it itself."""

FORMS: Final = ("flat", "nested")
"""The forms of messages that antares-client decodes; see `locus_message`."""

_TOPIC = r"[A-Za-z0-9._-]{1,240}"
_PARTITION = 0  # One partition keeps the order.
_READY_S = 10.0
_DELIVERY_S = 30.0
_ERRORS_ONLY = 3


# The client's class is not typed.
class SandboxStreamingClient(StreamingClient):  # type: ignore[misc]
    """The ``StreamingClient`` of antares-client, but without encryption and password.

    Only ``_DEFAULT_OPTIONS`` differ: the embedded cluster is unencrypted, on loopback. Give any
    key and secret, and ``bootstrap_server=stream.bootstrap_server``. For the real stream, use
    ``antares_client.StreamingClient``; the rest of your code stays the same. The first message
    arrives after about 3 seconds, while the cluster waits for other members of the group.
    """

    _DEFAULT_OPTIONS = {  # noqa: RUF012 (as in its parent)
        "security.protocol": "PLAINTEXT",
        # The next client of a group waits a second less than this for one that disappeared.
        "session.timeout.ms": 4000,
        "heartbeat.interval.ms": 1000,
        "log_level": 3,  # errors: some options are a producer's, which is only a warning
    }


class SandboxStream:
    """An embedded Kafka cluster that publishes loci as ANTARES does.

    Parameters
    ----------
    source : Sandbox or path-like, optional
        A sandbox whose loci to publish, or a folder of locus files; by default the simulated
        loci. While the sandbox runs, the alerts and catalog objects are available too.
    form : {"flat", "nested"}, optional
        The form of the messages; see `locus_message`. The client returns the same loci.

    Raises
    ------
    SandboxError
        If there is no such folder or form.

    Examples
    --------
    >>> from antares_sandbox.stream import SandboxStream, SandboxStreamingClient
    >>> with SandboxStream() as stream:
    ...     stream.publish("young_rubin_transients", ["ANT2026simsnia06"])
    ...     server = stream.bootstrap_server
    ...     with SandboxStreamingClient(
    ...         ["young_rubin_transients"], "any", "any", bootstrap_server=server, group="mine"
    ...     ) as client:
    ...         topic, locus = client.poll(timeout=30)
    1
    >>> topic, locus.locus_id
    ('client.young_rubin_transients', 'ANT2026simsnia06')
    """

    def __init__(
        self,
        source: Sandbox | str | PathLike[str] | None = None,
        *,
        form: Literal["flat", "nested"] = "flat",
    ) -> None:
        if form not in FORMS:
            raise SandboxError(f"form={form!r} must be one of {', '.join(FORMS)}")
        self._form = form
        self._store: LocusStore = (
            source._store
            if isinstance(source, Sandbox)
            else index_folder(BUNDLED if source is None else Path(source))
        )
        self._producer: confluent_kafka.Producer | None = None
        self._server = ""

    @property
    def locus_ids(self) -> list[str]:
        """The IDs of the loci that can be published, sorted."""
        return sorted(self._store.locus_ids)

    @property
    def bootstrap_server(self) -> str:
        """The address of the cluster, for the clients; only while the stream runs."""
        self._running()
        return self._server

    def start(self) -> Self:
        """Start the cluster; returns when it is ready."""
        if self._producer is not None:
            raise SandboxError(f"the stream is already running at {self._server}")
        producer = confluent_kafka.Producer({"test.mock.num.brokers": 1, "log_level": _ERRORS_ONLY})
        brokers = producer.list_topics(timeout=_READY_S).brokers
        self._server = ",".join(f"{broker.host}:{broker.port}" for broker in brokers.values())
        self._producer = producer
        return self

    def stop(self) -> None:
        """Stop the cluster and discard its messages; does nothing if it is not running."""
        # The cluster is part of the producer, and ends with it.
        self._producer = None

    def publish(self, topic: str, locus_ids: Iterable[str]) -> int:
        """Publish loci on a topic, in this order.

        Parameters
        ----------
        topic : str
            The topic, with or without ``client.`` before it.
        locus_ids : iterable of str
            The IDs of the loci, from `locus_ids`; repeats are allowed.

        Returns
        -------
        int
            How many messages were published.

        Raises
        ------
        SandboxError
            If the stream is not running, there is no such locus, its file is damaged, the name of
            the topic is not valid, or the cluster did not accept the messages.
        """
        producer, name = self._running(), _topic(topic)
        if isinstance(locus_ids, str):
            raise SandboxError(f"{locus_ids!r} is one ID: give a list of them")
        messages = [self._message(locus_id) for locus_id in locus_ids]
        errors: list[Any] = []
        for message in messages:
            producer.produce(
                name, message, partition=_PARTITION, on_delivery=lambda e, _: errors.append(e)
            )
        waiting = producer.flush(_DELIVERY_S)
        failed = [error for error in errors if error is not None]
        if waiting or failed:
            raise SandboxError(f"{name}: {waiting + len(failed)} messages not delivered {failed}")
        return len(messages)

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop."""
        self.stop()

    def _running(self) -> confluent_kafka.Producer:
        if self._producer is None:
            raise SandboxError("the stream is not running: call start(), or use it in `with`")
        return self._producer

    def _message(self, locus_id: str) -> bytes:
        known = self._store.locus_ids
        if locus_id not in known:
            where = f" of {self._store.path}" if self._store.path else ""
            raise SandboxError(f"no locus {locus_id!r} among the {len(known)}{where}")
        try:
            return locus_message(self._store.read(locus_id), self._form)
        except BadDataError as error:
            raise SandboxError(str(error)) from error


def locus_message(file: LocusFile, form: Literal["flat", "nested"] = "flat") -> bytes:
    """Return the message that ANTARES sends about a locus: BSON, compressed by zlib.

    Parameters
    ----------
    file : LocusFile
        The content of its file.
    form : {"flat", "nested"}, optional
        With ``id``, ``ra``, ``dec``, ``properties``, ``tags`` and ``catalogs`` side by side, or
        the older ``{"data": {"id": ..., "attributes": {"ra": ..., ...}}}``.

    Returns
    -------
    bytes
        The message.
    """
    locus = file["locus"]
    known = file.get("wire", {}).get("locus", {})
    attributes = {
        "ra": locus["ra"],
        "dec": locus["dec"],
        "properties": locus["old_properties"],
        "tags": locus["user_tags"],
        "catalogs": known.get("catalogs", list(locus["catalog_objects"])),
    }
    own = {"id": locus["id"]}
    nested = {"data": own | {"attributes": attributes}}
    return zlib.compress(bson.dumps(nested if form == "nested" else own | attributes))


def _topic(topic: str) -> str:
    if not re.fullmatch(_TOPIC, topic):
        raise SandboxError(
            f"{topic!r} is not a valid topic: a topic has letters, digits and . _ - only"
        )
    return topic if topic.startswith(TOPIC_PREFIX) else f"{TOPIC_PREFIX}{topic}"
