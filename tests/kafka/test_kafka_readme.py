"""The README's commands for Kafka, on a real one."""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_topics_are_created_and_a_worker_starts_and_ends(kafka: str, tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = re.search(r"```console kafka\n((?s:.*?))```", readme)
    assert block is not None
    *setting_up, run = block[1].replace("localhost:9092", kafka).strip().splitlines()
    assert run == "streamdeid run"
    (tmp_path / "secret.hex").write_text("5e" * 32)
    environ = {name: value for name, value in os.environ.items() if not name.startswith("STREAMDEID")}
    environ["PATH"] = f"{ROOT / '.venv' / 'bin'}{os.pathsep}{environ['PATH']}"
    script = "\n".join(["set -eu", *setting_up, f"exec {run}"])
    log = tmp_path / "worker.log"
    with log.open("wb") as written:
        worker = subprocess.Popen(["bash", "-c", script], cwd=tmp_path, env=environ, stdout=written, stderr=written)
        try:
            end = time.monotonic() + 90
            while b"ready: " not in log.read_bytes() and worker.poll() is None and time.monotonic() < end:
                time.sleep(0.2)
            assert b"ready: " in log.read_bytes(), log.read_text()[-3000:]
            assert b"created clean.hl7v2" in log.read_bytes()
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(40) == 0, log.read_text()[-3000:]
        finally:
            if worker.poll() is None:
                worker.kill()
