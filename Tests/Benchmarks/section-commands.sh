# One command as people and scripts give it, against psql doing the same.

heading "commands, against psql"
begin_sandbox
owner=$("$saasctl" identity user register ada@example.org -o name)
"$saasctl" org create acme --owner "$owner" -o name > /dev/null
turns=${BENCH_TURNS:-60}
lines=${BENCH_LINES:-2000}
as_app=(env PGDATABASE=saas_organization PGUSER=organization_app "$psql")

columns="id, slug, name, status, version, created_at, updated_at"
get_ours() { "$saasctl" org get acme; }
get_theirs() { "${as_app[@]}" -X -c "select $columns from organizations where slug = 'acme'"; }
compare "org get" 1.3 psql "$turns" get_ours get_theirs

create_ours() { "$saasctl" org create "ours-$round" --owner "$owner"; }
create_theirs() { "${as_app[@]}" -Xq -v slug="theirs-$round" -v owner="$owner" -f "$here/create.sql"; }
compare "org create" 1.5 psql "$turns" create_ours create_theirs

for ((i = 0; i < lines; i++)); do echo "org create pipe-$i --owner $owner"; done > "$scratch/lines"
for ((i = 0; i < lines; i++)); do
    printf '\\set slug tx-%d\n\\set owner %s\n' "$i" "$owner"
    grep -v '^--' "$here/create.sql"
done > "$scratch/script.sql"
: > "$scratch/ours"
: > "$scratch/theirs"
for i in 1 2 3; do
    began=${EPOCHREALTIME/./}
    sed "s/pipe-/pipe-$i-/" "$scratch/lines" | "$saasctl" repl > /dev/null
    echo $(( (${EPOCHREALTIME/./} - began) / lines )) >> "$scratch/ours"
    began=${EPOCHREALTIME/./}
    sed "s/set slug tx-/set slug tx-$i-/" "$scratch/script.sql" | "${as_app[@]}" -Xq > /dev/null
    echo $(( (${EPOCHREALTIME/./} - began) / lines )) >> "$scratch/theirs"
done
row "a line of a pipe (org create)" "$(median "$scratch/ours")" psql "$(median "$scratch/theirs")" us most 1.5
end_sandbox
