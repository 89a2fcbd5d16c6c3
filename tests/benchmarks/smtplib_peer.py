"""`python -m tests.benchmarks.smtplib_peer PORT MAIL MESSAGES CONNECTIONS` says how many seconds
`smtplib` takes for them, with a thread for each connection."""

import smtplib
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


def send(port: int, mail: bytes, messages: int, connected: threading.Barrier) -> None:
    with smtplib.SMTP("127.0.0.1", port, local_hostname="benchmark.example") as client:
        client.ehlo()
        connected.wait(timeout=60)
        for number in range(messages):
            client.sendmail("ada@letters.example", [f"r{number}@example.org"], mail)
        connected.wait(timeout=600)  # the parting is not measured


def seconds(port: int, mail: bytes, messages: int, connections: int) -> float:
    connected = threading.Barrier(connections + 1)
    with ThreadPoolExecutor(connections) as threads:
        sent = [
            threads.submit(send, port, mail, messages // connections, connected)
            for _ in range(connections)
        ]
        connected.wait(timeout=60)
        began = time.perf_counter()
        connected.wait(timeout=600)
        took = time.perf_counter() - began
        for each in sent:
            each.result()
    return took


if __name__ == "__main__":
    _, port, mail, messages, connections = sys.argv
    content = Path(mail).read_bytes().replace(b"\n", b"\r\n")
    print(seconds(int(port), content, int(messages), int(connections)))  # noqa: T201
