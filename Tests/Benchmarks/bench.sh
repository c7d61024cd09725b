#!/usr/bin/env bash
# Measures saasctl against psql, against a reference reader of its outbox and against the machine's limits. Everything that is compared takes
# turns in one run, on one server, so that a busy machine slows all alike. What counts is the ratio of the medians, or the median of the ratios.
# docs/performance.md tells what the figures mean.
#
# usage: bench.sh [section…]   sections: commands people billing audit analytics lanes backlog held follow writers idle peers; all of them without an argument
#
# BENCH_SAASCTL   the saasctl to measure (.build/release/saasctl)
# BENCH_ROUNDS    turns of each contender (5)
# BENCH_EVENTS    size of a backlog (200000)
# BENCH_LARGE     set: the backlog of 10,000,000 events too, which takes some 30 GB and a quarter of an hour;
#                 figures over read models of as many
# BENCH_SECONDS   how long each pgbench figure takes (5)
# BENCH_BINDIR    where psql and pgbench are
# PEERS_DIR       other queues on PostgreSQL to compare with; see peers.sh
# TMPDIR          where the servers are (/var/tmp)
set -euo pipefail

source "$(dirname "$0")/lib.sh"
export saasctl=$(realpath "${BENCH_SAASCTL:-$here/../../.build/release/saasctl}")
for program in "$saasctl" "$psql" "$pgbench"; do
    [[ -x $program ]] || { echo "there is no $program" >&2; exit 69; }
done

scratch=$(mktemp -d "${TMPDIR:-/var/tmp}/saasctl-bench.XXXXXX")
chmod 755 "$scratch"
# As it lies after `make install`. What the linker has written lies in the page cache in small pieces, which makes each start a millisecond
# longer until the machine has read the file anew.
install -m 755 "$saasctl" "$scratch/saasctl"
saasctl=$scratch/saasctl
export SAASCTL_SANDBOX_DIR=$scratch/sandbox XDG_CONFIG_HOME=$scratch/config
unset SAASCTL_PROFILE SAASCTL_DATABASE SAASCTL_CONFIG PGHOST PGPORT PGUSER PGDATABASE PGOPTIONS
finish() {
    end_sandbox
    rm -rf "$scratch"
}
trap finish EXIT

reference=$scratch/reference
cc -O2 -std=c11 -Wall -Wextra -I"$(pg_config --includedir)" -o "$reference" "$here/reference.c" -L"$(pg_config --libdir)" -lpq -lpthread

echo "$("$saasctl" --version), $("$psql" --version), $(nproc) processors,$(sed -n 's/^model name[^:]*://p' /proc/cpuinfo | head -1)," \
    "$(awk '/MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo), load $(cut -d ' ' -f 1 /proc/loadavg)"

sections=("$@")
(( $# )) || sections=(commands people billing audit analytics lanes backlog held follow writers idle peers)
for section in "${sections[@]}"; do
    [[ -f $here/section-$section.sh ]] || { echo "there is no section $section" >&2; exit 64; }
done
for section in "${sections[@]}"; do source "$here/section-$section.sh"; done
