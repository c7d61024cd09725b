# Six rounds while somebody has forgotten a transaction.

heading "a transaction stays open"
for lane in noop audit; do
    result=$(bench --lane "$lane" --events "$(( events / 4 ))" --rounds 6 --hold-transaction --against "reference=$reference $lane")
    alone "$lane lane, last round against the first" "$(short "$(figure saasctl last_to_first <<< "$result")")" "" least 0.9
    note "$lane lane, the reference's last against its first" "$(short "$(figure reference last_to_first <<< "$result")")"
done
