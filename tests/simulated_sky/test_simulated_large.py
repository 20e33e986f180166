import json
import time

import httpx

from antares_sandbox import Sandbox
from simulated_sky import LARGE_ID, simulate_large, write_locus_files


def test_a_locus_added_to_a_folder_is_served(tmp_path, fetch):
    file = simulate_large(40)
    write_locus_files([file], tmp_path)

    with Sandbox(tmp_path) as running:
        assert running.locus_ids == [LARGE_ID]
        assert fetch(LARGE_ID) == file["locus"]


def test_ten_thousand_alerts_are_sent_in_less_time_than_it_takes_to_read_them(tmp_path):
    (path,) = write_locus_files([simulate_large()], tmp_path)
    reading, sending = [], []
    with Sandbox(tmp_path) as running:
        for _ in range(3):
            begin = time.perf_counter()
            json.loads(path.read_bytes())
            reading.append(time.perf_counter() - begin)
            response = httpx.get(f"{running.url}loci/{LARGE_ID}/alerts", trust_env=False)
            sending.append(response.elapsed.total_seconds())

    assert len(response.json()["data"]) == 10_000
    assert min(sending) < min(reading)
