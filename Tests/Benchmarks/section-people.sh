# What people's commands cost once a process is warm: a gateway that checks tokens, a script that makes tasks.

heading "people, in a warm process"
begin_sandbox
export SAASCTL_PASSWORD_COST=10
echo 'correct horse battery staple' > "$scratch/password"
owner=$("$saasctl" identity user register ada@example.org --password-file "$scratch/password" -o name)
"$saasctl" org create acme --owner "$owner" -o name > /dev/null
"$saasctl" worker run --once
"$saasctl" workflow project create WEB --name Website --org acme -o name > /dev/null
id_of() { sed -n 's/.*"id":"\([^"]*\)".*/\1/p'; }
organization=$("$saasctl" org get acme -o json | id_of)
project=$("$saasctl" workflow project get WEB --org acme -o json | id_of)

"$saasctl" identity session login ada@example.org --password-file "$scratch/password" -o json |
    sed -n 's/.*"access_token":"\([^"]*\)".*/\1/p' > "$scratch/token"
result=$("$saasctl" identity token measure --token-file "$scratch/token" --count "${BENCH_TOKENS:-20000}" -o json)
per_token() { sed -n "s/.*\"$1\":\([0-9.]*\).*/\1/p" <<< "$result"; }
row "token validate, with revocation" "$(per_token validation_us)" signature "$(per_token verification_us)" us most 3

# `task create` under a limit of open tasks, names looked up before, against its two inserts alone, which neither lock, nor check, nor count, nor number,
# nor record who did it. Each turn begins without open tasks.
tasks=${BENCH_LINES:-500}
task=('Something to do' --project WEB --assignee "$owner" --as "$owner" --org acme)
PGDATABASE=saas_workflow "$psql" -Xqc "insert into entitlement_cache (organization_id, key, kind, quantity) values ('$organization', 'tasks', 'static', 1000000)"
for ((i = 0; i < tasks; i++)); do echo "workflow task create '${task[0]}' ${task[*]:1}"; done > "$scratch/lines"
cat > "$scratch/task.sql" <<SQL
begin;
insert into tasks (id, organization_id, project_id, number, title, description, status, priority, assignee_id, version, event_sequence, created_at, updated_at)
    values (gen_random_uuid(), '$organization', '$project', nextval('bench_numbers'), 'Something to do', null, 'todo', 'none', '$owner', 1, 2, now(), now());
insert into outbox (id, type, subject, sequence, time, organization_id, correlation_id, actor, data, hash)
    select gen_random_uuid(), t.type, gen_random_uuid(), t.sequence, now(), '$organization', gen_random_uuid(), 'user:$owner', t.data, sha256('')
    from (values (1, 'saas.task.created.v1', '{}'::json), (2, 'saas.task.assigned.v1', '{}'::json)) as t (sequence, type, data);
commit;
SQL
PGDATABASE=saas_workflow "$psql" -Xqc "create sequence bench_numbers start 10000000"
close_tasks() { PGDATABASE=saas_workflow "$psql" -Xqc "update tasks set status = 'cancelled'" -c "vacuum analyze tasks"; }
: > "$scratch/ours"
: > "$scratch/lines_ours"
: > "$scratch/theirs"
for _ in 1 2 3 4 5; do
    close_tasks
    "$saasctl" workflow task measure "${task[@]}" --count "$tasks" -o json | sed -n 's/.*"creation_us":\([0-9.]*\).*/\1/p' >> "$scratch/ours"
    close_tasks
    began=${EPOCHREALTIME/./}
    "$saasctl" repl < "$scratch/lines" > /dev/null
    echo $(( (${EPOCHREALTIME/./} - began) / tasks )) >> "$scratch/lines_ours"
    close_tasks
    PGDATABASE=saas_workflow "$pgbench" -n -M prepared -f "$scratch/task.sql" -t "$tasks" 2> "$scratch/pgbench.err" |
        sed -n 's/^latency average = \([0-9.]*\) ms/\1/p' | awk '{ print $1 * 1000 }' >> "$scratch/theirs"
done
row "task create, limit and memberships checked" "$(median "$scratch/ours")" pgbench "$(median "$scratch/theirs")" us most 2
note "the same as a line of a pipe, which is read and looked up" "$(whole "$(median "$scratch/lines_ours")") us"
unset SAASCTL_PASSWORD_COST
end_sandbox
