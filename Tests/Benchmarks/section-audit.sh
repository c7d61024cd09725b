# What it costs to check the log: `audit verify`, the whole command, against sha256sum of the bytes that the hashes are taken over, in one file that lies in the
# page cache. sha256sum takes one hash of all; verify takes one of each entry, and of its leaf, and reads them from the database.

entries=${BENCH_ENTRIES:-1000000}
heading "the audit log, $entries entries"
begin_sandbox
PGDATABASE=saas_organization "$psql" -Xq -v ON_ERROR_STOP=1 <<SQL
set synchronous_commit = off;
create function pg_temp.field(bytes bytea) returns bytea language sql immutable as
    \$\$ select case when bytes is null then int4send(-1) else int4send(octet_length(bytes)) || bytes end \$\$;
do \$\$ begin perform outbox_extend(); end \$\$;
insert into outbox (id, type, subject, sequence, time, organization_id, correlation_id, actor, data, hash)
    select id, type, subject, 1, time, subject, id, 'operator:bench', data::json,
        sha256('\\x01'::bytea || pg_temp.field(uuid_send(id)) || pg_temp.field('organization') || pg_temp.field(type::bytea)
            || pg_temp.field(uuid_send(subject)) || pg_temp.field(int8send(1)) || pg_temp.field(timestamptz_send(time)) || pg_temp.field(uuid_send(subject))
            || pg_temp.field(uuid_send(id)) || pg_temp.field(null) || pg_temp.field('operator:bench') || pg_temp.field(null) || pg_temp.field(data::bytea))
    from (
        select gen_random_uuid() as id, 'saas.organization.created.v1' as type, gen_random_uuid() as subject,
            now() - interval '1 day' + n * interval '1 millisecond' as time,
            format('{"organization_id":"%s","owner_id":"%s"}', gen_random_uuid(), gen_random_uuid()) as data
        from generate_series(1, $entries) as n offset 0) as e;
vacuum analyze outbox;
SQL
"$saasctl" worker run --once --only audit
PGDATABASE=saas_audit "$psql" -Xqc "vacuum analyze"
# A view, so that the bytes can be seen to be those.
PGDATABASE=saas_audit "$psql" -Xq -v ON_ERROR_STOP=1 <<'SQL'
create view preimages as
    select source, ordinal, hash, '\x01'::bytea || int4send(16) || uuid_send(id) || int4send(octet_length(source)) || source::bytea
        || int4send(octet_length(type)) || type::bytea || int4send(16) || uuid_send(subject) || int4send(8) || int8send(sequence)
        || int4send(8) || timestamptz_send(time) || coalesce(int4send(16) || uuid_send(organization_id), int4send(-1))
        || int4send(16) || uuid_send(correlation_id) || coalesce(int4send(16) || uuid_send(causation_id), int4send(-1))
        || int4send(octet_length(actor)) || actor::bytea || coalesce(int4send(octet_length(traceparent)) || traceparent::bytea, int4send(-1))
        || int4send(octet_length(data::text)) || convert_to(data::text, 'UTF8') as bytes
    from entries;
SQL
others=$(PGDATABASE=saas_audit "$psql" -XAtqc "select count(*) from preimages where sha256(bytes) <> hash")
(( others == 0 )) || { echo "$others entries have a hash of other bytes" >&2; exit 1; }
PGDATABASE=saas_audit "$psql" -XAtqc "copy (select upper(encode(bytes, 'hex')) from preimages order by source, ordinal) to stdout" |
    basenc --decode --base16 > "$scratch/preimages"
PGDATABASE=saas_audit "$psql" -Xqc "drop view preimages"
: > "$scratch/verify" && : > "$scratch/sums"
for ((i = 0; i <= rounds; i++)); do
    a=$(microseconds "$saasctl" audit verify -o json) b=$(microseconds sha256sum "$scratch/preimages")
    # The first turn warms up.
    (( i == 0 )) || { echo "$a" >> "$scratch/verify"; echo "$b" >> "$scratch/sums"; }
done
note "verified" "$("$saasctl" audit verify -o json | cut -c 1-200)"
note "bytes that are hashed" "$(( $(stat -c %s "$scratch/preimages") >> 20 )) MiB"
rate() { awk -v us="$(median "$1")" -v n="$entries" 'BEGIN { printf "%.0f", n * 1000000 / us }'; }
note "audit verify" "$(rate "$scratch/verify") entries/s"
note "sha256sum of the same bytes" "$(rate "$scratch/sums") entries/s; verify takes $(short "$(
    paste "$scratch/verify" "$scratch/sums" | awk '{ print $1 / $2 }' | median)") times as long"
end_sandbox
