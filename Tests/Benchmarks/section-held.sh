# Six rounds while somebody has forgotten a transaction.

heading "a transaction stays open"
# The audit lane with its sequencer: it keeps the index of the log's keys, which would otherwise come due in the last round.
for lane in noop log; do
    result=$(bench --lane "$lane" --events "$events" --rounds 6 --hold-transaction --against "reference=$reference ${lane/log/audit}")
    alone "$lane lane, last round against the first" "$(short "$(figure saasctl last_to_first <<< "$result")")" "" least 0.9
    note "$lane lane, the reference's last against its first" "$(short "$(figure reference last_to_first <<< "$result")")"
done
