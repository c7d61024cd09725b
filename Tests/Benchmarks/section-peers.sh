# Other queues on PostgreSQL, side by side with the worker: the same number of the same events, on the same server, in the same run.
#
# PEERS_DIR     a folder with a script for each (peer_pgq.py, peer_pgmq.py, peer_pgqueuer.py, peer_procrastinate.py), lib.py and prepare.py
# PEERS_PYTHON  an interpreter that has their packages: procrastinate psycopg[binary,pool] pgqueuer asyncpg uvloop pgmq (python3)
# PEERS_EVENTS  the backlog for the slow ones (20000); PgQ and pgmq get BENCH_EVENTS
#
# PgQ is an extension of the server (Debian: postgresql-15-pgq3). What is not installed is left out with a word.

heading "other queues"
if [[ -z ${PEERS_DIR:-} ]]; then
    note "other queues" "left out: PEERS_DIR names none"
else
    figures=$scratch/figures
    : > "$figures"
    # A contender sees nothing of this environment.
    run="env PEERS_DIR='$PEERS_DIR' PEERS_FIGURES='$figures' PYTHONDONTWRITEBYTECODE=1 '${PEERS_PYTHON:-python3}' '$here/peer.py'"

    # Lets one queue take turns with one lane.
    against() {
        local name=$1 size=$2 lane=$3 limit=$4 metric=drain_$3 result
        if result=$(bench --lane "$lane" --events "$size" --rounds "${PEERS_ROUNDS:-1}" \
            --against "$name=$run peer_$name.py $metric" 2> "$scratch/peer.log"); then
            row "$lane lane, $size events" "$(figure saasctl events_per_second <<< "$result")" "$name" \
                "$(figure "$name" events_per_second <<< "$result")" events/s least "$limit" "$(figure "$name" worker_ratio <<< "$result")"
        else
            note "$lane lane against $name" "left out: $(tail -c 300 "$scratch/peer.log" | tr '\n' ' ')"
        fi
    }

    against pgq "$events" noop 1
    against pgq "$events" audit 2.5
    # PgQ has one consumer and the worker has all, so they cannot take turns within one bench: the benches do.
    : > "$scratch/all" && : > "$scratch/waiting" && : > "$scratch/one"
    for ((i = 0; i < ${PEERS_ROUNDS:-1}; i++)); do
        result=$(bench --lane audit --events "$events" --rounds 1 --against "pgq=$run peer_pgq.py drain_audit" 2> "$scratch/peer.log") || break
        figure pgq events_per_second <<< "$result" >> "$scratch/one"
        result=$(bench --lane all --events "$events" --rounds 1)
        figure saasctl events_per_second <<< "$result" >> "$scratch/all"
        figure saasctl waiting_events_per_second <<< "$result" >> "$scratch/waiting"
    done
    if [[ -s $scratch/all ]]; then
        row "all consumers, $events events" "$(median "$scratch/all")" "pgq audit" "$(median "$scratch/one")" events/s least 0.8 \
            "$(paste "$scratch/all" "$scratch/one" | awk '{ print $1 / $2 }' | median)"
        note "the same, counting only what waited" "$(whole "$(median "$scratch/waiting")") events/s, $(short "$(
            paste "$scratch/waiting" "$scratch/one" | awk '{ print $1 / $2 }' | median)") of pgq"
    fi
    against pgmq "$events" noop 1
    against pgmq "$events" audit 4
    for name in pgqueuer procrastinate; do
        against "$name" "${PEERS_EVENTS:-20000}" noop 1
        against "$name" "${PEERS_EVENTS:-20000}" audit 1
    done
    # Theirs ends where the handler begins, ours where its effect is committed.
    for name in pgqueuer procrastinate; do
        for point in p50 p99; do
            note "commit to handler, $name, $point" "$(grep "\"peer\": \"$name\", \"metric\": \"latency_$point\"" "$figures" |
                sed 's/.*"value": \([0-9.]*\).*/\1/' | median) ms"
        done
    done
fi
