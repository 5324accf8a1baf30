"""Workers killed at any moment, brokers restarted: still everything comes out once, in order, and as ever.

STREAMDEID_CRASH_MESSAGES sets how many messages a test sends; STREAMDEID_CRASH_SEED the moments of its kills.
"""

import os
import signal
import threading
import time
from pathlib import Path

from kafka_broker import Broker
from kafka_harness import Deployment, moments, stalls, unfailing
from made_up import Message, many

MESSAGES = int(os.environ.get("STREAMDEID_CRASH_MESSAGES", "2000"))
SEED = int(os.environ.get("STREAMDEID_CRASH_SEED", "1"))
PATIENTS = 40
#: What a message costs the fake engine, so that kills find it at work.
NOTES = dict.fromkeys(range(MESSAGES), "slow 5 ms")


def test_ten_kills_and_two_broker_restarts(broker: Broker, tmp_path: Path) -> None:
    messages = many(MESSAGES, PATIENTS)
    with Deployment(broker.address, tmp_path, "real") as stream:
        worker = stream.worker("one")
        stream.send(messages)
        for number, (count, pause) in enumerate(moments(12, MESSAGES, SEED)):
            stream.wait_until_audited(count)
            time.sleep(pause)
            if number in (4, 9):
                broker.stop(signal.SIGKILL if number == 4 else signal.SIGTERM)
                broker.start()
            else:
                worker.kill()
        stream.wait_until_done(120)
        report(stream)
        stream.check(messages)


def test_two_workers_killed_while_a_third_comes_and_goes(kafka: str, tmp_path: Path) -> None:
    messages = many(MESSAGES, PATIENTS)
    with Deployment(kafka, tmp_path, "real") as stream:
        one, two = stream.worker("one"), stream.worker("two")
        sender = threading.Thread(target=trickle, args=(stream, messages))
        sender.start()
        acts = [one.kill, lambda: stream.worker("three"), two.kill, lambda: stream.workers[2].stop(60)]
        for act, (count, pause) in zip(acts, moments(len(acts), MESSAGES, SEED), strict=True):
            stream.wait_until_audited(count)
            time.sleep(pause)
            act()
        sender.join()
        stream.wait_until_done(120)
        report(stream)
        stream.check(messages)


def test_a_worker_paused_past_its_session_doubles_nothing_when_it_wakes(kafka: str, tmp_path: Path) -> None:
    messages = many(MESSAGES // 2, PATIENTS, NOTES)
    with Deployment(kafka, tmp_path) as stream:
        one, two = stream.worker("one"), stream.worker("two")
        for worker in (one, two):
            stream.wait_until_ready(worker)
        sender = threading.Thread(target=trickle, args=(stream, messages))
        sender.start()
        for worker, (count, pause) in zip((one, two), moments(2, MESSAGES // 3, SEED), strict=True):
            stream.wait_until_audited(count)
            time.sleep(pause)
            worker.signal(signal.SIGSTOP)
            time.sleep(stream.settings.session_seconds + 2)
            worker.signal(signal.SIGCONT)
        sender.join()
        stream.wait_until_each_is_done(120)
        report(stream)
        stream.check(messages, woken=True)


def test_a_slow_start_after_a_rebalance_loses_nothing(kafka: str, tmp_path: Path) -> None:
    messages = many(MESSAGES // 2, PATIENTS, NOTES)
    with Deployment(kafka, tmp_path) as stream:
        stream.send(messages)
        one = stream.worker("one", TEST_SLOW_SEEK="1.5")
        stream.wait_until_ready(one)
        stream.worker("two", TEST_SLOW_SEEK="1.5")
        stream.wait_until_done(60)
        assert not unfailing(stream.exits())
        stream.check(messages)


def trickle(stream: Deployment, messages: list[Message], portion: int = 50) -> None:
    """Send messages bit by bit, so that there are some to come whatever happens."""
    for start in range(0, len(messages), portion):
        stream.send(messages[start : start + portion])
        time.sleep(0.3)


def report(stream: Deployment) -> None:
    """How workers ended; shown with -s or on failure."""
    exits = stream.exits()
    last_words = [
        line for worker in stream.workers for line in worker.log.read_text().splitlines() if " CRITICAL " in line
    ]
    print(f"unasked exits {dict(unfailing(exits))}, stalls {stalls(exits)}", *last_words)
