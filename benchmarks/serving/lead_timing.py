"""Asks for every page of a lead, again and again. See lead_pages."""

import argparse
import cProfile
import io
import os
import pstats
import re
import statistics
import sys
import time

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from annotation.models import Project, User
from benchmarks.serving import lead_project

# Pages of a project by the name of their address, with what is asked of them.
PAGES = (
    ("progress", ""), ("progress, nothing new", "?seen="), ("curve-csv", ""), ("report", ""),
    ("rounds", ""), ("rounds", "?page=8"), ("round", ""), ("map", ""), ("what-if", ""),
    ("after", ""),
    ("items", ""), ("items", "?page=10000"), ("items", "?search=pending"),
    ("items", "?search=refund"), ("items", "?search=nowhere"), ("queue", ""), ("budget", ""),
    ("people", ""), ("person", ""), ("person", "?search=pending"), ("runs", ""),
    ("selection-settings", ""), ("settings", ""),
)  # fmt: skip


def measure(options: argparse.Namespace) -> None:
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    start = time.monotonic()
    project, lead = lead_project.make(options.items, options.rounds)
    print(f"built in {time.monotonic() - start:.0f} s", file=sys.stderr)
    client = Client(headers={"host": "localhost"})
    client.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")
    name = "PostgreSQL 15" if options.postgresql else "SQLite"
    print(
        f"{name}, {options.items:,} items, {options.rounds} rounds, {options.repeats} requests each"
    )
    print(f"load average {os.getloadavg()[0]:.1f}\n")
    print("| page | p50 ms | p95 ms | CPU ms | statements | kB |")
    print("|---|---|---|---|---|---|")
    for page, query in (("projects", ""), *PAGES):
        address = _address(page, query, project, client)
        if address:
            print(_row(f"{page} {query}".strip(), client, address, options))


def _address(page: str, query: str, project: Project, client: Client) -> str:
    name = page.partition(",")[0]
    arguments = [] if name == "projects" else [project.slug]
    if name == "round":
        arguments.append(project.rounds.count() - 2)
    if name == "person":
        arguments.append(User.objects.get(username="person-5").pk)
    try:
        address = reverse(name, args=arguments)
    except NoReverseMatch:
        return ""
    if query == "?seen=":
        found = re.search(r"[?]seen=(\w+)", client.get(address).content.decode())
        return address + (found[0] if found else query)
    return address + query


def _row(page: str, client: Client, address: str, options: argparse.Namespace) -> str:
    name = page.split()[0]
    size = sum(len(part) for part in client.get(address))
    with CaptureQueriesContext(connection) as seen:
        client.get(address)
    asked = list(seen.captured_queries)
    walls, cpu = [], time.process_time()
    for _ in range(options.repeats):
        start = time.perf_counter()
        b"".join(client.get(address))
        walls.append(1000 * (time.perf_counter() - start))
    cpu = 1000 * (time.process_time() - cpu) / options.repeats
    if name == options.profile:
        _profile(client, address)
    if name == options.statements:
        print(*(f"{q['time']} {q['sql'][:400]}" for q in asked), sep="\n", file=sys.stderr)
    p95 = statistics.quantiles(walls, n=20)[-1] if len(walls) > 1 else walls[0]
    p50 = statistics.median(walls)
    return f"| {page} | {p50:.0f} | {p95:.0f} | {cpu:.0f} | {len(asked)} | {size / 1000:.0f} |"


def _profile(client: Client, address: str) -> None:
    profiler = cProfile.Profile()
    profiler.runcall(client.get, address)
    out = io.StringIO()
    pstats.Stats(profiler, stream=out).sort_stats("cumulative").print_stats(50)
    print(out.getvalue(), file=sys.stderr)
