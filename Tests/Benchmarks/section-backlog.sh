# How rate and memory depend on how much waits. The rate is that from the second chunk on, without connecting and the first use of everything, which take
# the same for every size; each is compared with the size before. Whole runs are put beside the reference's, which connects and reads and does no more.
# Memory is compared from the size on that lasts for more chunks than are held at a time.

sizes=(10000 1000000)
[[ -n ${BENCH_LARGE:-} ]] && sizes+=(10000000)
for lane in noop log; do
    heading "backlogs of different sizes, lane $lane"
    rate_before=
    memory_before=
    against=()
    [[ $lane != noop ]] || against=(--against "reference=$reference noop")
    for size in "${sizes[@]}"; do
        (( size > 100000 )) && turns=1 || turns=$rounds
        result=$(bench --lane "$lane" --events "$size" --rounds "$turns" "${against[@]}")
        rate=$(figure saasctl warm_events_per_second <<< "$result")
        memory=$(figure saasctl peak_memory_kib <<< "$result")
        if [[ -z $rate_before ]]; then
            note "rate with $size" "$(whole "$rate") events/s"
        else
            row "rate with $size" "$rate" "$size_before" "$rate_before" events/s least 0.85
        fi
        [[ $lane != noop ]] || note "whole runs with $size, saasctl and reference" \
            "$(whole "$(figure saasctl events_per_second <<< "$result")") and $(whole "$(figure reference events_per_second <<< "$result")") events/s"
        [[ -z $memory_before ]] || row "peak memory with $size" "$memory" "$size_before" "$memory_before" KiB most 1.15
        alone "peak memory with $size" "$(( memory / 1024 ))" MiB most 160
        rate_before=$rate size_before=$size
        (( size > 100000 )) && memory_before=$memory
    done
done
