# From the commit of an event to the commit of its effect.

heading "commit to effect, 50 commits/s"
result=$(bench --follow --lane audit --rate 50 --writers 1 --duration "${BENCH_FOLLOW:-10s}" --rounds "$rounds" --against "reference=$reference latency")
for point in p50 p99; do
    [[ $point == p50 ]] && limit=1.25 || limit=1.5
    row "$point" "$(figure saasctl $point <<< "$result")" reference "$(figure reference $point <<< "$result")" us most "$limit" \
        "$(figure reference worker_${point}_ratio <<< "$result")"
done
