# What the sections of bench.sh share; read by them, not run.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
rounds=${BENCH_ROUNDS:-5}
events=${BENCH_EVENTS:-200000}

# The real programs: distributions put a script before them that takes time of its own.
binaries=${BENCH_BINDIR:-$(pg_config --bindir)}
psql=$binaries/psql
pgbench=$binaries/pgbench

median() {
    sort -n "$@" | awk '{ value[NR] = $1 } END { print NR % 2 ? value[(NR + 1) / 2] : (value[NR / 2] + value[NR / 2 + 1]) / 2 }'
}

whole() { printf '%.0f' "$1"; }
short() { printf '%.2f' "$1"; }

heading() {
    printf '\n== %s\n' "$1"
}

# One line of the result: what, saasctl's figure, the name and the figure of what it is compared with, a unit, `least` or `most`, the limit, and the
# ratio where it is not simply that of the two figures (as a median of ratios is not).
row() {
    awk -v title="$1" -v ours="$2" -v name="$3" -v theirs="$4" -v unit="$5" -v sense="$6" -v limit="$7" -v ratio="${8:-}" '
    function number(value) { return sprintf(value < 100 ? "%9.2f" : "%9.0f", value) }
    BEGIN {
        if (ratio == "") ratio = theirs ? ours / theirs : 0
        met = sense == "least" ? ratio >= limit : ratio <= limit
        printf "%-50s saasctl %s %-9s %-12s %s %-9s ratio %5.2f (at %s %.2f: %s)\n", title, number(ours), unit, name, number(theirs), unit, ratio, sense, limit,
            met ? "met" : "NOT met"
    }'
}

# One figure against a limit of its own: what, figure, unit, `least` or `most`, limit.
alone() {
    awk -v title="$1" -v ours="$2" -v unit="$3" -v sense="$4" -v limit="$5" '
    function number(value) { return sprintf(value < 100 ? "%9.2f" : "%9.0f", value) }
    BEGIN {
        met = sense == "least" ? ours >= limit : ours <= limit
        printf "%-50s saasctl %s %-9s (at %s %g: %s)\n", title, number(ours), unit, sense, limit, met ? "met" : "NOT met"
    }'
}

# One figure without a limit.
note() {
    printf '%-50s %s\n' "$1" "$2"
}

# Pulls a figure out of what `worker bench -o json` printed: the contender's name, the key, the JSON on standard input.
figure() {
    sed 's/.*"summaries":\[\([^]]*\)\].*/\1/' | tr '}' '\n' | grep "\"contender\":\"$1\"" | sed -n "s/.*\"$2\":\([0-9.e-]*\).*/\1/p"
}

bench() {
    "$saasctl" worker bench -o json "$@"
}

# A sandbox of this run's own; PGHOST and its like lead to it as the superuser.
begin_sandbox() {
    "$saasctl" sandbox start --quiet -o name > /dev/null
    eval "$("$saasctl" sandbox env)"
    # As `worker bench` sets its servers: no checkpoint in the middle of a turn, and no file of the log written twice.
    "$psql" -Xqc "alter system set max_wal_size = '16GB'" -c "alter system set checkpoint_timeout = '1h'" -c "alter system set wal_init_zero = off" \
        -c "select pg_reload_conf()" > /dev/null
}

end_sandbox() {
    "$saasctl" sandbox reset --yes --quiet > /dev/null 2>&1 || "$saasctl" sandbox stop --quiet || true
}

# Runs a function that prints the time of a command in microseconds.
microseconds() {
    local began=${EPOCHREALTIME/./}
    "$@" > /dev/null
    echo $(( ${EPOCHREALTIME/./} - began ))
}

# Runs two commands in turn; prints their medians, the ratio, and whether it is within the limit.
compare() {
    local title=$1 limit=$2 name=$3 turns=$4 ours=$5 theirs=$6 i
    : > "$scratch/ours"
    : > "$scratch/theirs"
    for ((i = 0; i < turns + 5; i++)); do
        round=$i
        if (( i < 5 )); then
            $ours > /dev/null
            $theirs > /dev/null
        else
            microseconds "$ours" >> "$scratch/ours"
            microseconds "$theirs" >> "$scratch/theirs"
        fi
    done
    row "$title" "$(median "$scratch/ours")" "$name" "$(median "$scratch/theirs")" us most "$limit"
}
