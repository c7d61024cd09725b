#!/usr/bin/env bash
# Measures saasctl against psql on one private server, side by side in one run: each pair of commands takes turns, so that a busy machine
# slows both alike. What counts is the ratio of the medians.
#
# usage: bench.sh [path of the saasctl to measure]
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
saasctl=$(realpath "${1:-$here/../../.build/release/saasctl}")
rounds=${BENCH_ROUNDS:-60}
lines=${BENCH_LINES:-2000}
# The real program: distributions put a script before it that takes time of its own.
psql=${BENCH_PSQL:-$(pg_config --bindir)/psql}
for program in "$saasctl" "$psql"; do
    [[ -x $program ]] || { echo "there is no $program" >&2; exit 69; }
done

scratch=$(mktemp -d /var/tmp/saasctl-bench.XXXXXX)
chmod 755 "$scratch"
# As it lies after `make install`. What the linker has written lies in the page cache in small pieces, which makes each start a millisecond
# longer until the machine has read the file anew.
install -m 755 "$saasctl" "$scratch/saasctl"
saasctl=$scratch/saasctl
export SAASCTL_SANDBOX_DIR=$scratch/sandbox XDG_CONFIG_HOME=$scratch/config
unset SAASCTL_PROFILE SAASCTL_DATABASE SAASCTL_CONFIG PGHOST PGPORT PGUSER PGDATABASE PGOPTIONS
finish() {
    "$saasctl" sandbox stop --quiet || true
    rm -rf "$scratch"
}
trap finish EXIT

"$saasctl" sandbox start --quiet -o name > /dev/null
eval "$("$saasctl" sandbox env)"
export PGDATABASE=saas_organization PGUSER=organization_app

# Runs two commands in turn; prints their medians and the ratio, and whether it is within the limit.
compare() {
    local title=$1 limit=$2 ours=$3 theirs=$4 i began
    : > "$scratch/ours"
    : > "$scratch/theirs"
    for ((i = 0; i < rounds + 5; i++)); do
        round=$i
        began=${EPOCHREALTIME/./}
        $ours > /dev/null
        (( i < 5 )) || echo $(( ${EPOCHREALTIME/./} - began )) >> "$scratch/ours"
        began=${EPOCHREALTIME/./}
        $theirs > /dev/null
        (( i < 5 )) || echo $(( ${EPOCHREALTIME/./} - began )) >> "$scratch/theirs"
    done
    report "$title" "$limit" "$(median "$scratch/ours")" "$(median "$scratch/theirs")" us
}

median() {
    sort -n "$1" | awk '{ value[NR] = $1 } END { print value[int((NR + 1) / 2)] }'
}

report() {
    awk -v title="$1" -v limit="$2" -v ours="$3" -v theirs="$4" -v unit="$5" 'BEGIN {
        ratio = ours / theirs
        printf "%-34s saasctl %8d %s   psql %8d %s   ratio %.2f (at most %.2f: %s)\n", title, ours, unit, theirs, unit, ratio, limit,
            ratio <= limit ? "met" : "NOT met"
    }'
}

owner=$("$saasctl" identity user register ada@example.org -o name)
"$saasctl" org create acme --owner "$owner" -o name > /dev/null

echo "saasctl $("$saasctl" --version), $("$psql" --version), $(nproc) processors"

columns="id, slug, name, status, version, created_at, updated_at"
get_ours() { "$saasctl" org get acme; }
get_theirs() { "$psql" -X -c "select $columns from organizations where slug = 'acme'"; }
compare "org get" 1.3 get_ours get_theirs

create_ours() { "$saasctl" org create "ours-$round" --owner "$owner"; }
create_theirs() { "$psql" -Xq -v slug="theirs-$round" -v owner="$owner" -f "$here/create.sql"; }
compare "org create" 1.5 create_ours create_theirs

for ((i = 0; i < lines; i++)); do echo "org create pipe-$i --owner $owner"; done > "$scratch/lines"
for ((i = 0; i < lines; i++)); do
    printf '\\set slug tx-%d\n\\set owner %s\n' "$i" "$owner"
    grep -v '^--' "$here/create.sql"
done > "$scratch/script.sql"
: > "$scratch/ours"
: > "$scratch/theirs"
for i in 1 2 3; do
    began=${EPOCHREALTIME/./}
    sed "s/pipe-/pipe-$i-/" "$scratch/lines" | "$saasctl" repl > /dev/null
    echo $(( (${EPOCHREALTIME/./} - began) / lines )) >> "$scratch/ours"
    began=${EPOCHREALTIME/./}
    sed "s/set slug tx-/set slug tx-$i-/" "$scratch/script.sql" | "$psql" -Xq > /dev/null
    echo $(( (${EPOCHREALTIME/./} - began) / lines )) >> "$scratch/theirs"
done
report "a line of a pipe (org create)" 1.5 "$(median "$scratch/ours")" "$(median "$scratch/theirs")" us

# Pulls one number out of the worker's JSON.
field() { sed -n "s/^{[^[]*\"$1\":\([0-9]*\).*/\1/p"; }

drain() {
    local events=$1 result
    PGUSER=organization_owner "$psql" -Xq -v organizations=$(( events / 2 )) -f "$here/fill.sql" > /dev/null
    result=$("$saasctl" worker run --once -o json)
    awk -v events="$events" -v applied="$(field events <<< "$result")" -v ms="$(field duration_ms <<< "$result")" \
        -v memory="$(field peak_memory_kib <<< "$result")" 'BEGIN {
        printf "worker, %7d source events          %8d events/s (%d applied by all consumers in %.1f s), peak memory %.1f MiB\n",
            events, events * 1000 / ms, applied, ms / 1000, memory / 1024
    }'
}
"$saasctl" worker run --once
drain 10000
drain 100000
