"""
Listen to a stream
==================

Filters set tags, and tags direct loci to streams, over Kafka: they reach you without asking. Listen
to a stream on your own machine, then to the real one with your own credentials.
"""

import os
from itertools import islice

import matplotlib.pyplot as plt
import numpy as np
from antares_client import StreamingClient, search

from antares_sandbox import Sandbox
from antares_sandbox.stream import SandboxStream, SandboxStreamingClient

TOPIC = os.environ.get("ANTARES_TOPIC", "young_rubin_transients")
IS_LIVE = os.environ.get("ANTARES_LIVE") == "1" and "ANTARES_API_KEY" in os.environ

if IS_LIVE:
    key, secret = os.environ["ANTARES_API_KEY"], os.environ["ANTARES_API_SECRET"]
    client = StreamingClient([TOPIC], key, secret)
else:
    sandbox, stream = Sandbox().start(), SandboxStream().start()
    tagged = islice(search.search({"query": {"term": {"tags": TOPIC}}}), 10)
    stream.publish(TOPIC, [locus.locus_id for locus in tagged][::-1])
    server = stream.bootstrap_server
    client = SandboxStreamingClient([TOPIC], "any key", "any secret", bootstrap_server=server)

heard = []
with client:
    while len(heard) < 10:
        topic, locus = client.poll(timeout=60)
        if locus is None:
            break
        heard.append(locus)
source = "ANTARES" if IS_LIVE else "the sandbox (simulated loci)"
title = f"{len(heard)} messages on {TOPIC}"
print(f"{title}, from {source}")

names = ("brightest_alert_magnitude", "newest_alert_magnitude")
numbers = range(1, len(heard) + 1)
peak, now = ([locus.properties.get(name, np.nan) for locus in heard] for name in names)
fig, ax = plt.subplots(figsize=(6, 4), layout="constrained")
ax.vlines(numbers, peak, now, color="0.6", zorder=1)
ax.plot(numbers, peak, "_", color="black", markersize=14, markeredgewidth=2, label="brightest")
ax.plot(numbers, now, "o", color="#B52626", markeredgecolor="black", markersize=8, label="newest")
ax.set(xlabel="message", ylabel="AB magnitude", xticks=numbers, title=title)
ax.yaxis.set_inverted(True)
legend = ax.legend(loc="upper left", bbox_to_anchor=(1.02, 1), frameon=False)

# %%
# **Figure 1.** The messages in the order in which they came. Each is a locus: a disk for the
# magnitude of its newest alert, a bar for its brightest, whatever the band. A disk on its bar is a
# source that has never been brighter.
#
# What the lines do: without credentials they start a Kafka cluster inside this process and publish
# simulated loci on it. The class of the client and the address are the only differences. The first
# message takes some three seconds, as Kafka waits for other listeners of the group.
#
# Read a message
# --------------
#
# ``poll`` returns the topic and a locus, or ``(None, None)`` when nothing has come in the time
# given. The message holds the ID, the position, the properties, the tags and the names of matching
# catalogs, and no alerts. Print it for the first.

for locus in heard[:1]:
    print(f"{locus.locus_id} at RA {locus.ra:.4f}, Dec {locus.dec:.4f}")
    print(
        f"{len(locus.properties)} properties, such as num_alerts: {locus.properties['num_alerts']}"
    )
    print("tags:", ", ".join(sorted(locus.tags)))
    print("catalogs:", ", ".join(locus.catalogs) or "none")

# %%
# Fetch the alerts
# ----------------
#
# The alerts come from the service, with one request a locus. Choose before you ask: take the locus
# that is closest to its brightest, and plot its light curve.

from antares_helpers import extract_lightcurve, plot_lightcurve

fading = [below - top for top, below in zip(peak, now)]
order = np.argsort(fading)
for chosen in order[:1]:
    print(f"message {chosen + 1}: {fading[chosen]:.2f} mag below its brightest")
    ax = plot_lightcurve(extract_lightcurve(heard[chosen]))

# %%
# **Figure 2.** The light curve of the locus among these messages that is closest to its brightest.
#
# Go on where you stopped
# -----------------------
#
# Kafka keeps the messages for a while and remembers how far each *group* of listeners has come, its
# offset. So a client that is started again goes on after the last message, and hears what it has
# missed.
#
# * ``group="my-project"`` names your group. By default it is the name of the computer.
# * A new group starts at the oldest message that is still kept.
# * Listeners of one group share the messages: each is heard by one of them.
# * The client saves the offset now and then, and when it is closed. After a crash some messages
#   come twice: compare the ID and ``newest_alert_id``.
# * With ``enable_auto_commit=False`` the offset is saved only by ``client.commit()``: call it when
#   you have stored what you heard.
#
# Listen to the real stream
# -------------------------
#
# Listening needs confluent-kafka: the extra ``stream`` of antares-helpers brings it.
#
# Ask the ANTARES team for an API key and secret, and for the names of the topics. These are not the
# name and password of the portal. An institution usually gets one pair, to be used by one listener
# at a time and not to be shared; so says the `documentation of the client
# <https://nsf-noirlab.gitlab.io/csdc/antares/client>`_. Never write them into a script. Set them in
# the terminal, and run this page again:
#
# * ``export ANTARES_LIVE=1``
# * ``export ANTARES_TOPIC=...``
# * ``export ANTARES_API_KEY=...``
# * ``export ANTARES_API_SECRET=...``
#
# Only the two lines under ``if IS_LIVE`` change. No message within a minute is normal: Rubin does
# not observe by day, in bad weather or in maintenance, and few alerts get a given tag. An unknown
# topic is an error instead: ``AntaresException``, with Kafka's number 3 (``KafkaException(3)``).
#
# Close the cluster on your own machine.

if not IS_LIVE:
    stream.stop()
    sandbox.stop()

# %%
# Where to go next
# ----------------
#
# * Have a stream of your own: :doc:`/tutorials/5_filters_and_streams/18_write_a_filter`.
# * Store what you hear: :doc:`/tutorials/4_many_loci/16_a_hundred_light_curves`.
# * Ask instead of listening: :doc:`/tutorials/3_finding_things/13_by_property_and_tag`.
