# What the outbox and a worker that follows it cost those who write: commits a second of pgbench.

heading "writers"
begin_sandbox
seconds=${BENCH_SECONDS:-5}
"$psql" -Xq -d saas_organization -c "
    insert into organizations (id, slug, name, event_sequence, created_at, updated_at)
    select gen_random_uuid(), 'load-' || n, 'Load', 0, now(), now() from generate_series(1, 2000) as n" -c "create table bare (like outbox including defaults including identity)"

# The same pair of a state and an event in the table of a plain queue, where the folder of other queues is at hand.
narrow=()
if [[ -n ${PEERS_DIR:-} ]]; then
    "$psql" -Xq -d postgres -c "create database narrow" && "$psql" -Xq -d narrow -f "$PEERS_DIR/schema_src.sql" 2> /dev/null
    cp "$PEERS_DIR/limit_state_only.sql" "$PEERS_DIR/limit_state_event.sql" "$scratch"
    narrow=(narrow_state narrow_event)
fi

data='{"organization_id":"0193a5c0-5a44-7b1e-8f3e-2b7c1d5e9a01","user_id":"0193a5c0-5a44-7b1e-8f3e-2b7c1d5e9a02","role":"owner"}'

# The scripts are one but for what they tell the worker, or for the table.
cp "$here/state.sql" "$here/state_event.sql" "$scratch"
sed 's/^returning .*/returning pg_notify('"'saasctl_outbox', ''"')::text;/' "$here/state_event.sql" > "$scratch/state_event_notify.sql"
sed 's/^returning .*/;/' "$here/state_event.sql" > "$scratch/state_event_silent.sql"
sed 's/into outbox/into bare/' "$scratch/state_event_silent.sql" > "$scratch/state_bare.sql"

# Commits a second of so many writers with a script, in the organizations' database unless said otherwise.
commits() {
    "$pgbench" -n -M prepared -D data="$data" -c "$1" -j "$(( $1 < 2 ? $1 : 2 ))" -T "$seconds" -f "$scratch/$2.sql" "${3:-saas_organization}" \
        > "$scratch/pgbench.log" 2>&1 || { cat "$scratch/pgbench.log" >&2; return 1; }
    sed -n 's/^tps = \([0-9.]*\).*/\1/p' "$scratch/pgbench.log"
}

# All that was written is applied before the next turn, so that it does not work on the account of others.
settle() {
    "$saasctl" worker run --once --quiet
    "$psql" -Xqc "vacuum organizations" -c "checkpoint" saas_organization
}

# The same while all consumers follow.
commits_followed() {
    local worker
    "$saasctl" worker run --follow --quiet 2> /dev/null &
    worker=$!
    # Level and asleep, as it is found in the field.
    sleep 2
    commits "$1" "$2"
    kill "$worker"
    wait "$worker" || true
}

kinds=(state event bare silent_followed event_followed notify_followed)
turn() {
    case $1 in
        state) commits "$2" state ;;
        event) commits "$2" state_event ;;
        narrow_state) commits "$2" limit_state_only narrow ;;
        narrow_event) commits "$2" limit_state_event narrow ;;
        bare) commits "$2" state_bare ;;
        silent_followed) commits_followed "$2" state_event_silent ;;
        event_followed) commits_followed "$2" state_event ;;
        notify_followed) commits_followed "$2" state_event_notify ;;
    esac
    settle > /dev/null
}

# Prints the median of the ratios of two kinds, turn by turn.
ratio() {
    paste "$scratch/tps-$1" "$scratch/tps-$2" | awk '{ print $1 / $2 }' | median
}

for writers in 1 16; do
    (( writers == 1 )) && chosen=(state event "${narrow[@]}") || chosen=("${kinds[@]}" "${narrow[@]}")
    rm -f "$scratch"/tps-*
    for ((i = 0; i < rounds; i++)); do
        for ((k = 0; k < ${#chosen[@]}; k++)); do
            kind=${chosen[$(( (k + i) % ${#chosen[@]} ))]}
            turn "$kind" "$writers" >> "$scratch/tps-$kind"
        done
    done
    (( writers == 1 )) && limit=0.85 || limit=0.75
    row "state and event against state alone, $writers writers" "$(median "$scratch/tps-event")" "state alone" "$(median "$scratch/tps-state")" \
        commits/s least "$limit" "$(ratio event state)"
    if (( ${#narrow[@]} )); then
        note "the same with the narrower table of a plain queue" "$(whole "$(median "$scratch/tps-narrow_event")") commits/s of $(whole "$(median "$scratch/tps-narrow_state")"), $(short "$(ratio narrow_event narrow_state)")"
    fi
done
row "16 writers while the worker follows" "$(median "$scratch/tps-event_followed")" "state alone" "$(median "$scratch/tps-state")" commits/s \
    least 0.6 "$(ratio event_followed state)"
row "16 writers while the worker follows" "$(median "$scratch/tps-event_followed")" "not notified" "$(median "$scratch/tps-silent_followed")" \
    commits/s least 0.9 "$(ratio event_followed silent_followed)"
note "16 writers, events into a table without indexes" "$(whole "$(median "$scratch/tps-bare")") commits/s, $(short "$(ratio bare state)") of state alone: more than that no outbox with these columns can reach"
note "16 writers, events, no worker" "$(whole "$(median "$scratch/tps-event")") commits/s; with one $(short "$(ratio event_followed event)") of it"
note "16 writers with a NOTIFY in every commit" "$(whole "$(median "$scratch/tps-notify_followed")") commits/s, $(short "$(ratio notify_followed state)") of state alone"
end_sandbox
