# How rate and memory depend on how much waits.

heading "backlogs of different sizes, audit lane with its sequencer"
sizes=(10000 1000000)
[[ -n ${BENCH_LARGE:-} ]] && sizes+=(10000000)
for size in "${sizes[@]}"; do
    (( size > 100000 )) && turns=1 || turns=$rounds
    result=$(bench --lane log --events "$size" --rounds "$turns")
    rate=$(figure saasctl events_per_second <<< "$result")
    memory=$(figure saasctl peak_memory_kib <<< "$result")
    if [[ $size == 10000 ]]; then
        first_rate=$rate first_memory=$memory
    else
        row "rate with $size against 10000" "$rate" "10000" "$first_rate" events/s least 0.85
        row "memory with $size against 10000" "$memory" "10000" "$first_memory" KiB most 1.15
    fi
    alone "peak memory with $size" "$(( memory / 1024 ))" MiB most 160
done
