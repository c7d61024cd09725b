# What a worker costs that finds nothing to do.

heading "nothing to do"
begin_sandbox
"$saasctl" worker run --once

once_ours() { "$saasctl" worker run --once; }
once_theirs() { "$psql" -X -c 'select 1'; }
compare "worker run --once, seven databases" 10 "select 1" "${BENCH_TURNS:-60}" once_ours once_theirs

watched=${BENCH_IDLE_SECONDS:-60}
"$saasctl" worker run --follow --quiet 2> /dev/null &
worker=$!
# All lanes have been looked at and sleep by then.
sleep 5
log=$SAASCTL_SANDBOX_DIR/cluster/server.log
"$psql" -Xqc "alter system set log_line_prefix = 'db=%d,app=%a '" -c "alter system set log_statement = 'all'" -c "select pg_reload_conf()" > /dev/null
sleep 1
ticks() { sed 's/.*) //' "/proc/$worker/stat" | awk '{ print $12 + $13 }'; }
before=$(ticks)
start=$(wc -l < "$log")
sleep "$watched"
after=$(ticks)
tail -n "+$(( start + 1 ))" "$log" > "$scratch/statements"
kill "$worker"
wait "$worker" || true
alone "worker run --follow, share of a core" \
    "$(awk -v ticks="$(( after - before ))" -v hertz="$(getconf CLK_TCK)" -v time="$watched" 'BEGIN { printf "%.2f", 100 * ticks / hertz / time }')" "%" most 1
alone "worker run --follow, statements of the busiest database" \
    "$(grep -o '^db=saas_[a-z]*,app=saasctl worker LOG:  \(execute\|statement\)' "$scratch/statements" | sort | uniq -c | sort -rn |
        awk -v time="$watched" 'NR == 1 { printf "%.0f", $1 * 60 / time }')" "/minute" most 90
end_sandbox
