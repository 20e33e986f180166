"""
Listen to a stream
==================

Filters set tags, and tags send loci to streams, over Kafka: new loci reach you without a search.
This page needs confluent-kafka and the sandbox, which ``antares-helpers[tutorials]`` installs; for
the Rubin Science Platform, see :doc:`/installation`. Listen to a stream on your own machine, then
to the real one with your own credentials.
"""

# sphinx_gallery_tags = ["filters and streams"]

import matplotlib.pyplot as plt

from antares_helpers import extract_lightcurve, find_loci, to_magnitude
from antares_sandbox import Sandbox
from antares_sandbox.stream import SandboxStream, SandboxStreamingClient

TOPIC = "young_rubin_transients"
sandbox, stream = Sandbox().start(), SandboxStream().start()
newest = [locus.locus_id for locus in find_loci(tag=TOPIC, limit=10)]
sent = stream.publish(TOPIC, newest[::-1])
if not sent:
    raise LookupError(f"No locus has the tag {TOPIC}.")

account = {"api_key": "any key", "api_secret": "any secret"}
server = {"bootstrap_server": stream.bootstrap_server}
with SandboxStreamingClient([TOPIC], **account, **server) as client:
    messages = [client.poll(timeout=60) for _ in range(sent)]
received = [locus for topic, locus in messages if locus is not None]

fading = []
fig, ax = plt.subplots(figsize=(7, 4), layout="constrained")
for locus in received:
    lc = extract_lightcurve(locus, bands="r")
    mag = to_magnitude(lc["flux"].value)
    if len(lc) > 0 and mag[-1] > 0:
        ends = [lc["flux"].argmax(), -1]
        ax.plot(lc.time.mjd[ends], mag[ends], "-o", markevery=[-1])
        fading.append((mag[-1] - mag[ends[0]], locus))
ax.set(xlabel="MJD (TAI)", ylabel="r [AB mag]", title=f"new on {TOPIC}")
ax.yaxis.set_inverted(True)

# %%
# **Figure 1.** The messages, from simulated loci. Each line is a locus: it begins at its brightest
# detection in r and ends, with a disk, at its newest. A disk without a line is a source that has
# never been brighter in r.
#
# The code starts a Kafka cluster inside this process, and publishes simulated loci with one tag on
# it. Then it listens as you do to the real stream. The class of the client and the address are the
# only differences. The first message takes about three seconds, as Kafka waits for other listeners
# of the group.
#
# Read a message
# --------------
#
# ``poll`` returns the topic and a locus, or ``(None, None)`` if nothing has arrived within the
# timeout. The message contains the ID, the position, the properties, the tags and the names of
# matching catalogs, but no alerts. Print them for the first.

print(f"{len(received)} of {sent} messages arrived")
for locus in received[:1]:
    print(f"{locus.locus_id} at RA {locus.ra:.4f}, Dec {locus.dec:.4f}")
    number = locus.properties.get("num_alerts")
    print(f"{len(locus.properties)} properties, such as num_alerts: {number}")
    print("tags:", ", ".join(sorted(locus.tags)))
    print("catalogs:", ", ".join(locus.catalogs) or "none")

# %%
# Fetch the alerts
# ----------------
#
# The alerts come from the service, with one request per locus: ``extract_lightcurve`` makes it. The
# message also gives the magnitudes of its brightest and of its newest alert, but these are of any
# band: their difference may be a color, not a change. So the code above compares one band. Select
# the locus that is closest to its brightest, and plot its light curve.

from antares_helpers import plot_lightcurve

print(f"{len(fading)} of {len(received)} loci have detections in r")
for below, locus in sorted(fading, key=lambda pair: pair[0])[:1]:
    print(f"{locus.locus_id}: {below:.2f} mag below its brightest in r")
    ax = plot_lightcurve(extract_lightcurve(locus))

# %%
# **Figure 2.** The light curve of the locus among these messages that is closest to its brightest.
#
# Resume where you stopped
# ------------------------
#
# Kafka stores the messages for a while and remembers how far each *group* of listeners has read,
# its offset. So a restarted client continues after the last message, and receives those it has
# missed.
#
# * ``group="my-project"`` names your group. By default it is the name of the computer.
# * A new group starts at the oldest message that is still stored.
# * Listeners of one group share the messages: each is received by one of them.
# * The client saves the offset from time to time, and when it is closed. After a crash some
#   messages arrive twice: compare the ID and ``newest_alert_id``.
# * With ``enable_auto_commit=False`` the offset is saved only by ``client.commit()``: call it when
#   you have stored what you received.
#
# Listen to the real stream
# -------------------------
#
# Ask the ANTARES team for an API key and secret, and for the names of the topics. These are not the
# name and password of the portal. An institution usually gets one pair, to be used by one listener
# at a time and not to be shared, according to the `documentation of the client
# <https://nsf-noirlab.gitlab.io/csdc/antares/client>`_. Never write them into a script. Set them in
# the terminal, and run this page again:
#
# * ``export ANTARES_LIVE=1``
# * ``export ANTARES_TOPIC=...``
# * ``export ANTARES_API_KEY=...``
# * ``export ANTARES_API_SECRET=...``
#
# The code below listens if it finds credentials, and stops after ten messages, or after a minute
# without one. Run it.

import os

from antares_client import StreamingClient


def listen(client, most=10):
    """Return the loci of the next messages; give up after a silent minute."""
    loci = []
    with client:
        while len(loci) < most:
            locus = client.poll(timeout=60)[1]
            if locus is None:
                break
            loci.append(locus)
    return loci


if os.environ.get("ANTARES_LIVE") == "1" and "ANTARES_API_KEY" in os.environ:
    topic = os.environ.get("ANTARES_TOPIC", TOPIC)
    names = "ANTARES_API_KEY", "ANTARES_API_SECRET"
    key, secret = (os.environ[name] for name in names)
    for locus in listen(StreamingClient([topic], key, secret)):
        print(locus.locus_id, sorted(locus.tags))
else:
    print("no credentials are set")

# %%
# No message within a minute is normal: Rubin does not observe by day, in bad weather or during
# maintenance, and few alerts get a given tag. An unknown topic is an error instead:
# ``AntaresException``, with Kafka's number 3 (``KafkaException(3)``).
#
# Stop the cluster on your own machine.

stream.stop()
sandbox.stop()

# %%
# Exercise
# --------
#
# You can observe one of these sources tonight, and want a fresh one next to a galaxy. Choose from
# the messages alone, without a request: those detected within three days before the latest alert of
# all, with a match in the catalog ``ned``.
#
# .. dropdown:: Solution
#
#    The times of the alerts are among the properties, the names of the catalogs beside them.
#
#    .. code-block:: python
#
#       name = "newest_alert_observation_time"
#       times = [each.properties.get(name, 0) for each in received]
#       latest = max(times, default=0)
#       for each, time in zip(received, times):
#           if latest - time < 3 and "ned" in each.catalogs:
#               print(f"{each.locus_id}: {latest - time:.1f} d before the latest")
#
# Where to go next
# ----------------
#
# * Start your own stream: :doc:`/tutorials/5_filters_and_streams/19_write_a_filter`.
# * Store what you receive: :doc:`/tutorials/4_many_loci/16_fetch_a_hundred_light_curves`.
# * Search instead of listening: :doc:`/tutorials/3_finding_things/13_search_by_property_and_tag`.
