# A backlog, applied by one lane and by all, against the reference reader over the same rows.

heading "backlog of $events events"
for lane in noop audit; do
    [[ $lane == noop ]] && limit=0.8 || limit=0.6
    result=$(bench --lane "$lane" --events "$events" --rounds "$rounds" --against "reference=$reference $lane")
    row "$lane lane" "$(figure saasctl events_per_second <<< "$result")" reference "$(figure reference events_per_second <<< "$result")" events/s \
        least "$limit" "$(figure reference worker_ratio <<< "$result")"
    note "$lane lane, processor time of saasctl" \
        "$(short "$(figure saasctl process_us_per_event <<< "$result")") us/event, of the server $(short "$(figure saasctl server_us_per_event <<< "$result")")"
done
result=$(bench --lane log --events "$events" --rounds "$rounds")
note "audit lane with its sequencer, leaves and index" "$(whole "$(figure saasctl events_per_second <<< "$result")") events/s"
result=$(bench --lane all --events "$events" --rounds "$rounds")
note "all consumers, every type of event" "$(whole "$(figure saasctl events_per_second <<< "$result")") source events/s"
