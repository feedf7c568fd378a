/* SPDX-License-Identifier: Apache-2.0 */
/* load PORT CONNECTIONS SECONDS LABELS [OPTION...]: asks a server on 127.0.0.1 for labels, over
 * connections that are kept, one request at a time on each, and prints one JSON object.
 *
 * LABELS has a label's link, or a path, as the first column of each line; a first line that is
 * neither is a heading. They are asked for in an order that looks random, none twice before all
 * were asked for.
 *
 *   requests=N   stop after so many, if SECONDS are not over before
 *   skip=N       begin with the N-th of that order
 *   forge        change one character of each signature
 *   accept=TYPE  ask for this instead of application/json
 *   expect=TEXT  an answer has to hold this
 *   write=N      each N-th request holds a unit instead, and the connection's next one releases
 *                it, with the key in the environment variable ASSAY_BENCH_KEY
 *   pid=N        say what processor time this process took meanwhile */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    REQUEST_MAX = 2048,
    ANSWER_MAX = 256 * 1024,
    EVENTS_MAX = 256,
    BINS = 4096,           /* of the histogram: 1/16 octaves of nanoseconds */
    FORGED_CHARACTER = 30, /* of the 112: inside R, so that a whole verification is paid for */
    STEP = 611953          /* a prime: i * STEP mod count visits each once unless it divides */
};

struct options {
    int port, connections;
    double seconds;
    uint64_t requests, skip, write;
    bool forge;
    const char *accept, *expect, *key;
    int pid;
};

struct labels {
    const char *data;
    size_t size;
    uint32_t *lengths; /* of the path in each line */
    uint64_t *starts;
    uint64_t count;
};

struct connection {
    int fd;
    bool writes;       /* the request under way does */
    uint64_t held;     /* the row that it holds, plus 1 */
    size_t got, whole; /* whole: bytes of the answer, 0 while the head is not there */
    uint64_t began;
    char *answer;
};

struct results {
    uint64_t answered, refused, unexpected, writes;
    uint64_t bytes;
    uint64_t bins[BINS];
};

struct load {
    struct options options;
    struct labels labels;
    struct connection *connections;
    struct results results;
    uint64_t next;
    int poll;
};

static void
die(const char *what)
{
    fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
    exit(1);
}

static uint64_t
nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

/* ---- labels ---- */

/* From the slash after the host up to the comma or the end of the line. */
static size_t
find_path(const char *line, size_t len, size_t *start)
{
    const char *comma = memchr(line, ',', len);
    const char *end = comma != NULL ? comma : line + len;
    const char *scheme = memmem(line, (size_t)(end - line), "://", 3);
    const char *from = scheme != NULL ? scheme + 3 : line;
    const char *slash = memchr(from, '/', (size_t)(end - from));
    if (slash == NULL)
        return 0;
    *start = (size_t)(slash - line);
    return (size_t)(end - slash);
}

static void
index_lines(struct labels *labels)
{
    uint64_t room = 0;
    const char *end = labels->data + labels->size;
    for (const char *line = labels->data; line < end;) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        stop = stop != NULL ? stop : end;
        if (labels->count == room) {
            room = room == 0 ? 65536 : room * 2;
            labels->starts = realloc(labels->starts, room * sizeof *labels->starts);
            labels->lengths = realloc(labels->lengths, room * sizeof *labels->lengths);
            if (labels->starts == NULL || labels->lengths == NULL)
                die("labels");
        }
        size_t start = 0;
        size_t len = find_path(line, (size_t)(stop - line), &start);
        labels->starts[labels->count] = (uint64_t)(line - labels->data) + start;
        labels->lengths[labels->count] = (uint32_t)len;
        labels->count += len > 0 && len < REQUEST_MAX / 2;
        line = stop + 1;
    }
}

static void
read_labels(struct labels *labels, const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &st) != 0)
        die(path);
    labels->size = (size_t)st.st_size;
    labels->data = mmap(NULL, labels->size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (labels->data == MAP_FAILED)
        die(path);
    (void)close(fd);
    index_lines(labels);
    if (labels->count == 0) {
        fprintf(stderr, "load: %s: no labels\n", path);
        exit(1);
    }
}

/* ---- one request ---- */

static void
forge(char *path, size_t len)
{
    char *signature = memmem(path, len, "?S=", 3);
    if (signature == NULL)
        return;
    char *c = signature + 3 + FORGED_CHARACTER;
    *c = *c == 'A' ? 'B' : 'A';
}

/* /01/GTIN[/10/LOT]/21/SERIAL?… */
static int
format_event(const struct load *load, char *out, const char *type, uint64_t row)
{
    const char *path = load->labels.data + load->labels.starts[row];
    const char *query = memchr(path, '?', load->labels.lengths[row]);
    const char *serial = query;
    char body[256];
    while (serial != NULL && serial > path && serial[-1] != '/')
        serial--;
    if (serial == NULL || serial < path + 18)
        die("write: not a label");
    int n =
        snprintf(body, sizeof body,
                 "{\"type\":\"%s\",\"gtin\":\"%.14s\",\"serial\":\"%.*s\",\"reason\":\"measured\"}",
                 type, path + 4, (int)(query - serial), serial);
    return snprintf(out, REQUEST_MAX,
                    "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n"
                    "Authorization: Bearer %s\r\nIdempotency-Key: bench-%llu-%llu\r\n"
                    "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
                    load->options.key, (unsigned long long)nanoseconds(), (unsigned long long)row,
                    n, body);
}

static int
format_write(const struct load *load, char *out, struct connection *c, uint64_t row)
{
    uint64_t held = c->held;
    c->writes = true;
    c->held = held > 0 ? 0 : row + 1;
    return held > 0 ? format_event(load, out, "release", held - 1)
                    : format_event(load, out, "hold", row);
}

static int
format_request(struct load *load, char *out, struct connection *c)
{
    const struct options *options = &load->options;
    uint64_t number = load->next++;
    c->writes = options->write > 0 && number % options->write == options->write - 1;
    uint64_t place = c->writes ? number / options->write : number;
    uint64_t row = (place + options->skip) % load->labels.count * STEP % load->labels.count;
    const char *path = load->labels.data + load->labels.starts[row];
    size_t len = load->labels.lengths[row];
    if (c->writes)
        return format_write(load, out, c, row);
    int n = snprintf(out, REQUEST_MAX, "GET %.*s HTTP/1.1\r\nHost: localhost\r\nAccept: %s\r\n\r\n",
                     (int)len, path, options->accept);
    if (options->forge)
        forge(out + 4, len);
    return n;
}

/* `last`: nothing but to let go what is still held. */
static void
ask(struct load *load, struct connection *c, bool last)
{
    char request[REQUEST_MAX];
    int len = last ? format_write(load, request, c, 0) : format_request(load, request, c);
    c->got = 0;
    c->whole = 0;
    c->began = nanoseconds();
    if (len <= 0 || len >= REQUEST_MAX || write(c->fd, request, (size_t)len) != len)
        die("write");
}

/* ---- its answer ---- */

static size_t
whole_length(const struct connection *c)
{
    const char *end = memmem(c->answer, c->got, "\r\n\r\n", 4);
    if (end == NULL)
        return 0;
    const char *length = strcasestr(c->answer, "\ncontent-length:");
    if (length == NULL || length > end) {
        fprintf(stderr, "load: an answer without Content-Length: %.200s\n", c->answer);
        exit(1);
    }
    return (size_t)(end + 4 - c->answer) + strtoull(length + 16, NULL, 10);
}

static unsigned
bin_of(uint64_t ns)
{
    unsigned octave = 63U - (unsigned)__builtin_clzll(ns | 16);
    unsigned bin = octave * 16 + (unsigned)(ns >> (octave - 4) & 15);
    return bin < BINS ? bin : BINS - 1;
}

static double
milliseconds_of(unsigned bin)
{
    return (double)((uint64_t)(16 + bin % 16) << (bin / 16 - 4)) / 1e6;
}

static void
count_answer(struct load *load, const struct connection *c)
{
    struct results *results = &load->results;
    const char *expect = load->options.expect;
    results->answered++;
    results->bytes += c->whole;
    results->writes += c->writes;
    results->bins[bin_of(nanoseconds() - c->began)]++;
    bool good = c->got > 12 && c->answer[9] == '2';
    results->refused += !good;
    if (good && !c->writes && expect != NULL &&
        memmem(c->answer, c->whole, expect, strlen(expect)) == NULL)
        results->unexpected++;
}

/* Is the answer whole now? */
static bool
receive(struct connection *c)
{
    ssize_t n = read(c->fd, c->answer + c->got, ANSWER_MAX - 1 - c->got);
    if (n <= 0)
        die("the server closed a connection");
    c->got += (size_t)n;
    c->answer[c->got] = '\0';
    if (c->whole == 0)
        c->whole = whole_length(c);
    return c->whole > 0 && c->got >= c->whole;
}

/* ---- the run ---- */

static void
connect_one(struct load *load, struct connection *c)
{
    int one = 1;
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)load->options.port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    c->answer = malloc(ANSWER_MAX);
    if (c->fd < 0 || c->answer == NULL ||
        connect(c->fd, (const struct sockaddr *)&to, sizeof to) != 0)
        die("connect");
    (void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    if (epoll_ctl(load->poll, EPOLL_CTL_ADD, c->fd, &event) != 0)
        die("epoll_ctl");
}

/* User and system time of a process, in seconds. */
static double
processor_seconds(int pid)
{
    char path[64];
    char line[1024];
    unsigned long user = 0;
    unsigned long system = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *file = pid > 0 ? fopen(path, "r") : NULL;
    if (file == NULL)
        return 0;
    const char *behind_name = fgets(line, sizeof line, file) != NULL ? strrchr(line, ')') : NULL;
    if (behind_name != NULL &&
        sscanf(behind_name + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
               &system) != 2)
        user = 0;
    (void)fclose(file);
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static bool
is_over(const struct load *load, uint64_t deadline)
{
    bool enough = load->options.requests > 0 && load->next >= load->options.requests;
    return enough || nanoseconds() >= deadline;
}

/* Goes on until each request that was begun is answered. */
static void
run(struct load *load, uint64_t deadline)
{
    struct epoll_event events[EVENTS_MAX];
    int busy = load->options.connections;
    for (int i = 0; i < load->options.connections; i++)
        ask(load, &load->connections[i], false);
    while (busy > 0) {
        int n = epoll_wait(load->poll, events, EVENTS_MAX, 30000);
        if (n == 0)
            die("no answer for half a minute");
        for (int i = 0; i < n; i++) {
            struct connection *c = events[i].data.ptr;
            if (!receive(c))
                continue;
            count_answer(load, c);
            bool over = is_over(load, deadline);
            if (over && c->held == 0)
                busy--;
            else
                ask(load, c, over);
        }
    }
}

static double
percentile(const struct results *results, double share)
{
    uint64_t wanted = (uint64_t)((double)results->answered * share);
    uint64_t seen = 0;
    for (unsigned bin = 0; bin < BINS; bin++) {
        seen += results->bins[bin];
        if (seen > wanted)
            return milliseconds_of(bin);
    }
    return milliseconds_of(BINS - 1);
}

static void
report(const struct load *load, double seconds, double processor)
{
    const struct results *r = &load->results;
    printf("{\"answered\":%llu,\"seconds\":%.4f,\"rate\":%.1f,\"refused\":%llu,"
           "\"unexpected\":%llu,\"writes\":%llu,\"answer_bytes\":%.1f,\"p50_ms\":%.3f,"
           "\"p99_ms\":%.3f,\"p999_ms\":%.3f,\"processor_us\":%.3f}\n",
           (unsigned long long)r->answered, seconds, (double)r->answered / seconds,
           (unsigned long long)r->refused, (unsigned long long)r->unexpected,
           (unsigned long long)r->writes, (double)r->bytes / (double)r->answered,
           percentile(r, 0.5), percentile(r, 0.99), percentile(r, 0.999),
           processor * 1e6 / (double)r->answered);
}

static void
finish(struct load *load)
{
    for (int i = 0; i < load->options.connections; i++) {
        (void)close(load->connections[i].fd);
        free(load->connections[i].answer);
    }
    free(load->connections);
    free(load->labels.starts);
    free(load->labels.lengths);
    (void)close(load->poll);
}

static void
take_option(struct options *options, const char *argument)
{
    const char *value = strchr(argument, '=');
    size_t name = value != NULL ? (size_t)(value - argument) : strlen(argument);
    value = value != NULL ? value + 1 : "";
    const struct {
        const char *name;
        uint64_t *number;
        const char **text;
    } known[] = {
        {"requests", &options->requests, NULL}, {"skip", &options->skip, NULL},
        {"write", &options->write, NULL},       {"accept", NULL, &options->accept},
        {"expect", NULL, &options->expect},
    };
    options->forge = options->forge || strcmp(argument, "forge") == 0;
    if (strncmp(argument, "pid=", 4) == 0)
        options->pid = (int)strtol(value, NULL, 10);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strncmp(known[i].name, argument, name) != 0 || known[i].name[name] != '\0')
            continue;
        if (known[i].number != NULL)
            *known[i].number = strtoull(value, NULL, 10);
        if (known[i].text != NULL)
            *known[i].text = value;
    }
}

int
main(int argc, char **argv)
{
    struct load load = {.options = {.accept = "application/json"}};
    if (argc < 5) {
        fprintf(stderr, "usage: load PORT CONNECTIONS SECONDS LABELS [OPTION...]\n");
        return 2;
    }
    load.options.port = (int)strtol(argv[1], NULL, 10);
    load.options.connections = (int)strtol(argv[2], NULL, 10);
    load.options.seconds = strtod(argv[3], NULL);
    load.options.key = getenv("ASSAY_BENCH_KEY");
    for (int i = 5; i < argc; i++)
        take_option(&load.options, argv[i]);
    if (load.options.write > 0 && load.options.key == NULL)
        die("write: ASSAY_BENCH_KEY is not set");
    read_labels(&load.labels, argv[4]);
    load.poll = epoll_create1(0);
    load.connections = calloc((size_t)load.options.connections, sizeof *load.connections);
    if (load.poll < 0 || load.connections == NULL)
        die("start");
    for (int i = 0; i < load.options.connections; i++)
        connect_one(&load, &load.connections[i]);
    double before = processor_seconds(load.options.pid);
    uint64_t began = nanoseconds();
    run(&load, began + (uint64_t)(load.options.seconds * 1e9));
    double seconds = (double)(nanoseconds() - began) / 1e9;
    report(&load, seconds, processor_seconds(load.options.pid) - before);
    finish(&load);
    return load.results.refused + load.results.unexpected > 0;
}
