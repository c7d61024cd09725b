/* The reference for `make bench`: a plain reader of the outbox, written against libpq and docs/outbox.md alone, with nothing of saasctl in it.
 * It shows what the server gives to a program that does no more than it must.
 *
 *   reference noop      reads every row whole in chunks of 5,000 and commits a checkpoint for each chunk
 *   reference audit     writes each row to a table with the primary key (source, position); chunk k+1 is read while k is applied
 *   reference latency   waits for appends and applies them as audit does, until SIGTERM
 *
 * `saasctl worker bench --against` starts it. The environment says where to work: PGHOST, PGPORT and PGUSER; SAASCTL_BENCH_SOURCE, the database
 * whose outbox is read; SAASCTL_BENCH_TARGET, an empty database of its own; SAASCTL_BENCH_FRESH, set where everything is to be read again.
 * The last line it prints says how many events it has read in how many microseconds, and the sum of their positions. */
#define _GNU_SOURCE
#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <arpa/inet.h>

enum { CHUNK = 5000, AHEAD = 2 };

#define COLUMNS "id, type, subject, sequence, time, organization_id, correlation_id, causation_id, actor, traceparent, data, hash"

static void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("reference: ", stderr);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    exit(1);
}

static const char *variable(const char *name) {
    const char *value = getenv(name);
    if (!value || !*value) fail("%s is not set\n", name);
    return value;
}

static PGconn *connect_to(const char *database) {
    const char *keys[] = {"dbname", "application_name", NULL};
    const char *values[] = {database, "reference", NULL};
    PGconn *connection = PQconnectdbParams(keys, values, 0);
    if (PQstatus(connection) != CONNECTION_OK) fail("%s", PQerrorMessage(connection));
    return connection;
}

static PGresult *run(PGconn *connection, const char *sql) {
    PGresult *result = PQexec(connection, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_COPY_OUT && status != PGRES_COPY_IN)
        fail("%s%s\n", PQerrorMessage(connection), sql);
    return result;
}

static void command(PGconn *connection, const char *sql) {
    PQclear(run(connection, sql));
}

/* Where the reader stands: everything visible in lo is done; hi is empty between windows. */
struct place {
    char *lo, *hi, *late;
    int64_t floor, ceil, position;
};

/* Rows as COPY sends them, and where the reader stands behind them. */
struct chunk {
    char *bytes;
    size_t length, capacity;
    int64_t events, positions;
    char *lo, *hi;
    int64_t position;
};

static char *copied(const char *text) {
    char *copy = strdup(text);
    if (!copy) fail("out of memory\n");
    return copy;
}

static char *formatted(const char *format, ...) {
    va_list arguments;
    char *text;
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0) fail("out of memory\n");
    va_end(arguments);
    return text;
}

/* Returns whether there is anything in the window that begins at lo. */
static int open_window(PGconn *source, struct place *place) {
    char *sql = formatted(
        "with s as materialized (select pg_current_snapshot() as hi, '%s'::pg_snapshot as lo), "
        "late as materialized (select x.xid, r.position from s, pg_snapshot_xip(s.lo) as x (xid), "
        "  lateral (select position from outbox where txid = x.xid order by position limit 1) as r where pg_visible_in_snapshot(x.xid, s.hi)), "
        "ordinary as materialized (select min(position) as floor, max(position) as ceil from s, outbox "
        "  where txid >= pg_snapshot_xmax(s.lo) and txid < pg_snapshot_xmax(s.hi) and pg_visible_in_snapshot(txid, s.hi)) "
        "select s.hi, coalesce(floor, 0), coalesce(ceil, 0), (select coalesce(string_agg(xid::text, ','), '') from late), "
        "  coalesce(least(floor, (select min(position) from late)), 0) from s, ordinary", place->lo);
    PGresult *result = run(source, sql);
    free(sql);
    int64_t lowest = atoll(PQgetvalue(result, 0, 4));
    if (lowest == 0) {
        free(place->lo);
        place->lo = copied(PQgetvalue(result, 0, 0));
    } else {
        free(place->hi);
        free(place->late);
        place->hi = copied(PQgetvalue(result, 0, 0));
        place->late = copied(PQgetvalue(result, 0, 3));
        place->floor = atoll(PQgetvalue(result, 0, 1));
        place->ceil = atoll(PQgetvalue(result, 0, 2));
        place->position = lowest - 1;
    }
    PQclear(result);
    return lowest != 0;
}

static void append(struct chunk *chunk, const char *bytes, size_t length) {
    if (chunk->length + length > chunk->capacity) {
        chunk->capacity = (chunk->length + length) * 2;
        chunk->bytes = realloc(chunk->bytes, chunk->capacity);
        if (!chunk->bytes) fail("out of memory\n");
    }
    memcpy(chunk->bytes + chunk->length, bytes, length);
    chunk->length += length;
}

static uint32_t word(const char *bytes) {
    uint32_t value;
    memcpy(&value, bytes, 4);
    return ntohl(value);
}

/* Counts the rows and finds the last position, which is the second field of each. */
static void measure(struct chunk *chunk) {
    const char *at = chunk->bytes + 19, *end = chunk->bytes + chunk->length;
    while (at + 2 <= end) {
        int16_t fields = (int16_t)(((unsigned char)at[0] << 8) | (unsigned char)at[1]);
        if (fields < 0) return;
        at += 2;
        for (int field = 0; field < fields; field++) {
            int32_t length = (int32_t)word(at);
            at += 4;
            if (field == 1) chunk->position = (int64_t)((uint64_t)word(at) << 32 | word(at + 4));
            if (length > 0) at += length;
        }
        chunk->events++;
        chunk->positions += chunk->position;
    }
    fail("a chunk has no end\n");
}

/* Reads the next rows of the open window; the chunk says where the reader then stands. */
static void read_chunk(PGconn *source, struct place *place, struct chunk *chunk) {
    int64_t start = place->position > place->floor - 1 ? place->position : place->floor - 1;
    char *ordinary = formatted(
        "select '%s'::text, position, " COLUMNS " from outbox where position > %lld and position <= %lld "
        "and pg_visible_in_snapshot(txid, '%s'::pg_snapshot) and not pg_visible_in_snapshot(txid, '%s'::pg_snapshot)",
        "organization", (long long)start, (long long)place->ceil, place->hi, place->lo);
    char *sql = *place->late
        ? formatted(
            "copy (select * from ((%s and txid::text <> all (string_to_array('%s', ',')) order by position limit %d) union all "
            "(select r.* from unnest(string_to_array('%s', ',')::xid8[]) as l (xid), lateral (select 'organization'::text, position, " COLUMNS
            " from outbox where txid = l.xid and position > %lld order by position limit %d) as r)) as both_kinds order by position limit %d) "
            "to stdout (format binary)",
            ordinary, place->late, CHUNK, place->late, (long long)place->position, CHUNK, CHUNK)
        : formatted("copy (%s order by position limit %d) to stdout (format binary)", ordinary, CHUNK);
    free(ordinary);
    command(source, sql);
    free(sql);
    chunk->length = 0;
    chunk->events = chunk->positions = 0;
    char *bytes;
    int length;
    while ((length = PQgetCopyData(source, &bytes, 0)) > 0) {
        append(chunk, bytes, (size_t)length);
        PQfreemem(bytes);
    }
    if (length == -2) fail("%s", PQerrorMessage(source));
    PGresult *result;
    while ((result = PQgetResult(source))) {
        if (PQresultStatus(result) != PGRES_COMMAND_OK) fail("%s", PQerrorMessage(source));
        PQclear(result);
    }
    measure(chunk);
    if (chunk->events > 0) place->position = chunk->position;
    if (chunk->events < CHUNK) {
        free(place->lo);
        place->lo = place->hi;
        place->hi = NULL;
    }
    chunk->lo = copied(place->lo);
    chunk->hi = place->hi ? copied(place->hi) : NULL;
}

static void commit(PGconn *target, struct chunk *chunk, int writes) {
    if (writes && chunk->events > 0) {
        command(target, "begin");
        command(target, "copy effects from stdin (format binary)");
        if (PQputCopyData(target, chunk->bytes, (int)chunk->length) != 1 || PQputCopyEnd(target, NULL) != 1) fail("%s", PQerrorMessage(target));
        PGresult *result;
        while ((result = PQgetResult(target))) {
            if (PQresultStatus(result) != PGRES_COMMAND_OK) fail("%s", PQerrorMessage(target));
            PQclear(result);
        }
    }
    char *sql = formatted(
        "insert into checkpoints (lo, hi, position) values ('%s', %s%s%s, %lld)", chunk->lo, chunk->hi ? "'" : "", chunk->hi ? chunk->hi : "null",
        chunk->hi ? "'" : "", (long long)chunk->position);
    command(target, sql);
    free(sql);
    if (writes && chunk->events > 0) command(target, "commit");
    free(chunk->lo);
    free(chunk->hi);
}

static void prepare_target(PGconn *target) {
    command(target,
        "set client_min_messages = warning; "
        "create table if not exists checkpoints (seq bigint generated always as identity primary key, lo pg_snapshot, hi pg_snapshot, position bigint); "
        "create table if not exists effects (source text not null, position bigint not null, id uuid not null, type text not null, "
        "subject uuid not null, sequence bigint not null, time timestamptz not null, organization_id uuid, correlation_id uuid not null, "
        "causation_id uuid, actor text not null, traceparent text, data json not null, hash bytea not null, primary key (source, position))");
    if (getenv("SAASCTL_BENCH_FRESH")) command(target, "truncate effects, checkpoints");
}

/* Without statistics the planner would sort the rest of the window for each chunk. */
static PGconn *connect_to_source(void) {
    PGconn *source = connect_to(variable("SAASCTL_BENCH_SOURCE"));
    command(source, "set enable_bitmapscan = off; set enable_seqscan = off; set enable_sort = off; set jit = off");
    return source;
}

static void resume(PGconn *target, struct place *place) {
    PGresult *result = run(target, "select lo from checkpoints order by seq desc limit 1");
    memset(place, 0, sizeof *place);
    place->lo = copied(PQntuples(result) ? PQgetvalue(result, 0, 0) : "3:3:");
    PQclear(result);
}

/* A reader that stays up to two chunks ahead. */
static struct ahead {
    pthread_mutex_t mutex;
    pthread_cond_t moved;
    struct chunk chunks[AHEAD];
    int filled, ended;
    struct place place;
} ahead = {.mutex = PTHREAD_MUTEX_INITIALIZER, .moved = PTHREAD_COND_INITIALIZER};

static void *read_ahead(void *unused) {
    (void)unused;
    PGconn *source = connect_to_source();
    int next = 0;
    if (open_window(source, &ahead.place)) {
        while (ahead.place.hi) {
            pthread_mutex_lock(&ahead.mutex);
            while (ahead.filled == AHEAD) pthread_cond_wait(&ahead.moved, &ahead.mutex);
            pthread_mutex_unlock(&ahead.mutex);
            read_chunk(source, &ahead.place, &ahead.chunks[next]);
            next = (next + 1) % AHEAD;
            pthread_mutex_lock(&ahead.mutex);
            ahead.filled++;
            pthread_cond_signal(&ahead.moved);
            pthread_mutex_unlock(&ahead.mutex);
        }
    }
    pthread_mutex_lock(&ahead.mutex);
    ahead.ended = 1;
    pthread_cond_signal(&ahead.moved);
    pthread_mutex_unlock(&ahead.mutex);
    PQfinish(source);
    return NULL;
}

static void apply_ahead(PGconn *target, int64_t *events, int64_t *positions) {
    pthread_t reader;
    if (pthread_create(&reader, NULL, read_ahead, NULL) != 0) fail("cannot start a thread\n");
    for (int next = 0;; next = (next + 1) % AHEAD) {
        pthread_mutex_lock(&ahead.mutex);
        while (ahead.filled == 0 && !ahead.ended) pthread_cond_wait(&ahead.moved, &ahead.mutex);
        int finished = ahead.filled == 0;
        pthread_mutex_unlock(&ahead.mutex);
        if (finished) break;
        commit(target, &ahead.chunks[next], 1);
        *events += ahead.chunks[next].events;
        *positions += ahead.chunks[next].positions;
        pthread_mutex_lock(&ahead.mutex);
        ahead.filled--;
        pthread_cond_signal(&ahead.moved);
        pthread_mutex_unlock(&ahead.mutex);
    }
    pthread_join(reader, NULL);
}

static void apply_in_turn(PGconn *target, int64_t *events, int64_t *positions) {
    PGconn *source = connect_to_source();
    struct chunk chunk = {0};
    if (open_window(source, &ahead.place)) {
        while (ahead.place.hi) {
            read_chunk(source, &ahead.place, &chunk);
            commit(target, &chunk, 0);
            *events += chunk.events;
            *positions += chunk.positions;
        }
    }
    PQfinish(source);
}

static void drain(int writes) {
    PGconn *setup = connect_to(variable("SAASCTL_BENCH_TARGET"));
    prepare_target(setup);
    PQfinish(setup);
    struct timespec began, ended;
    clock_gettime(CLOCK_MONOTONIC, &began);
    PGconn *target = connect_to(variable("SAASCTL_BENCH_TARGET"));
    resume(target, &ahead.place);
    int64_t events = 0, positions = 0;
    if (writes)
        apply_ahead(target, &events, &positions);
    else
        apply_in_turn(target, &events, &positions);
    PQfinish(target);
    clock_gettime(CLOCK_MONOTONIC, &ended);
    long long microseconds = (ended.tv_sec - began.tv_sec) * 1000000LL + (ended.tv_nsec - began.tv_nsec) / 1000;
    printf("{\"events\":%lld,\"us\":%lld,\"positions\":%lld}\n", (long long)events, microseconds, (long long)positions);
}

static volatile sig_atomic_t told_to_end;

static void note_signal(int number) {
    (void)number;
    told_to_end = 1;
}

static void follow(void) {
    struct sigaction action = {.sa_handler = note_signal};
    sigaction(SIGTERM, &action, NULL);
    PGconn *target = connect_to(variable("SAASCTL_BENCH_TARGET"));
    prepare_target(target);
    PGconn *source = connect_to_source();
    command(source, "listen saasctl_outbox");
    /* An append notifies only while somebody has this lock; it is kept throughout, so that all of them do. */
    command(source, "select pg_advisory_lock(hashtextextended('saasctl.outbox.sleep', 0))");
    struct place place;
    resume(target, &place);
    struct chunk chunk = {0};
    int64_t events = 0, positions = 0;
    puts("ready");
    fflush(stdout);
    while (!told_to_end) {
        while (open_window(source, &place)) {
            while (place.hi) {
                read_chunk(source, &place, &chunk);
                events += chunk.events;
                positions += chunk.positions;
                commit(target, &chunk, 1);
            }
        }
        struct pollfd socket = {.fd = PQsocket(source), .events = POLLIN};
        if (poll(&socket, 1, 1000) < 0 && errno != EINTR) fail("cannot wait\n");
        if (PQconsumeInput(source) != 1) fail("%s", PQerrorMessage(source));
        for (PGnotify *note; (note = PQnotifies(source));) PQfreemem(note);
    }
    PQfinish(source);
    PQfinish(target);
    printf("{\"events\":%lld,\"us\":0,\"positions\":%lld}\n", (long long)events, (long long)positions);
}

int main(int count, char **arguments) {
    const char *mode = count == 2 ? arguments[1] : "";
    if (strcmp(mode, "noop") == 0) drain(0);
    else if (strcmp(mode, "audit") == 0) drain(1);
    else if (strcmp(mode, "latency") == 0) follow();
    else fail("usage: reference noop|audit|latency\n");
    return 0;
}
