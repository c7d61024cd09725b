"""Lets a queue that somebody else has measured take part in `saasctl worker bench --against`.

usage: peer.py SCRIPT METRIC     SCRIPT: a file of PEERS_DIR, such as peer_pgq.py; METRIC: drain_noop or drain_audit

PEERS_DIR has a script for each queue, which makes events, fills and drains the queue with several sizes of batches, and tells its figures to
`emit`. Here it is run as it is, but for two things: its events are rows of our own outbox, all fields of them, and its figures come here. The
best of those that begin with METRIC is the one that counts: {"events":N,"us":M}. All of them go to the file PEERS_FIGURES, one JSON a line."""
import json
import os
import runpy
import sys

import psycopg

folder, script, metric = os.environ["PEERS_DIR"], sys.argv[1], sys.argv[2]
events = int(os.environ["SAASCTL_BENCH_EVENTS"])
# procrastinate's script drains a quarter of what it is told.
os.environ["PEERS_N"] = str(events * 4 if "procrastinate" in script else events)
os.environ.setdefault("PEERS_RUN", "0")
sys.path.insert(0, folder)
sys.stdout = sys.stderr

with psycopg.connect(dbname="postgres", autocommit=True) as postgres:
    there = {row[0] for row in postgres.execute("select datname from pg_database")}
    if "peers_pgmq" not in there:
        postgres.execute("create database peers_pgmq")
if script == "peer_pgmq.py":
    try:
        import pgmq.sql
        with psycopg.connect(dbname="peers_pgmq", autocommit=True) as c:
            if not c.execute("select to_regnamespace('pgmq')").fetchone()[0]:
                c.execute(open(os.path.join(os.path.dirname(pgmq.sql.__file__), "pgmq.sql")).read())
    except ImportError:
        pass
if "peers_src" not in there:
    runpy.run_path(os.path.join(folder, "prepare.py"), run_name="__main__")

with psycopg.connect(dbname=os.environ["SAASCTL_BENCH_SOURCE"]) as source:
    rows = source.execute(
        """select json_build_object('event_id', id, 'tenant_id', organization_id, 'aggregate_type', 'organization', 'aggregate_id', subject,
               'version', sequence, 'type', type, 'occurred_at', time, 'correlation_id', correlation_id, 'actor', actor, 'data', data,
               'hash', encode(hash, 'hex')) from outbox order by position limit %s""", (min(events, 20000),)).fetchall()

import lib  # noqa: E402  (of PEERS_DIR)

best = {}


def event(i):
    # An id of its own for each, because the tables that it ends in are keyed by it.
    row = dict(rows[i % len(rows)][0])
    if i >= len(rows):
        row["event_id"] = row["event_id"][:-12] + f"{i:012x}"
    return row


def emit(peer, name, value, unit, **extra):
    best[name] = max(value, best.get(name, 0))
    with open(os.environ.get("PEERS_FIGURES", os.devnull), "a") as file:
        file.write(json.dumps({"peer": peer, "metric": name, "value": value, "unit": unit, **extra}) + "\n")


lib.event, lib.emit = event, emit
runpy.run_path(os.path.join(folder, script), run_name="__main__")
drained = [value for name, value in best.items() if name.startswith(metric)]
if not drained:
    sys.exit(f"{script} has no figure for {metric}: is its extension installed?")
print(json.dumps({"events": events, "us": round(events * 1e6 / max(drained))}), file=sys.__stdout__)
