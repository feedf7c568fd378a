/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/assayd/serve.h"

#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "gateway/api/copies.h"
#include "gateway/api/forgeries.h"
#include "gateway/api/in_flight.h"
#include "gateway/api/issued.h"
#include "gateway/api/limits.h"
#include "gateway/api/meter.h"
#include "gateway/api/notices.h"
#include "gateway/api/product_words.h"
#include "gateway/api/shed.h"
#include "gateway/api/sightings.h"
#include "gateway/api/tally_board.h"
#include "gateway/assayd/confine.h"
#include "gateway/assayd/watch.h"
#include "gateway/base/file.h"
#include "gateway/http/country_file.h"
#include "gateway/http/http.h"
#include "gateway/log/log.h"
#include "gateway/manifest/store.h"

enum { CHECKPOINT_SECONDS = 60, DRAIN_TURNS = 500, DRAIN_TURN_NS = 20000000 }; /* ten seconds */
enum { WATCH_MS = 1000 };

struct daemon {
    const struct config *config;
    bool accept_older;
    int not_confined; /* 0, or why: an errno value */
    const struct notify *notify;
    struct store *store;
    int lock;
    struct keyring *keyring;
    struct pages *pages;
    struct in_flight *in_flight;
    struct limits *limits;
    struct shed *shed;
    struct forgeries *forgeries;
    struct tally_board *tallies;
    struct sightings *sightings;
    struct product_words *product_words;
    struct inbox *inbox;
    struct meter *meter;
    struct country_file *countries;
    struct http_server *server, *admin;
    struct app app;
    struct watch *watch;     /* of the keyset */
    struct worker self;      /* for what it does by itself */
    enum err tally_err;      /* the last one that was logged */
    enum err sightings_err;  /* likewise */
    enum err checkpoint_err; /* likewise */
    int64_t checkpoint_due;
};

static int64_t
now(void)
{
    return (int64_t)time(NULL);
}

/* A connection that finds no free descriptor would keep the accepting thread spinning. */
static void
raise_file_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

/* Two daemons on one directory would each keep a keyset and scan counts of their own. */
static enum err
lock_data(struct daemon *d, struct fault *fault)
{
    char path[CONFIG_PATH_MAX];
    config_path(path, d->config->data, "assayd.lock");
    enum err err = file_lock(path, &d->lock, fault);
    if (err == ERR_BUSY)
        return fault_set(fault, err, "%s: another assayd serves this directory", d->config->data);
    return err;
}

/* A salt that is gone costs no more than counting somebody twice, so it is not in a backup. */
static enum err
open_sightings(struct daemon *d, struct fault *fault)
{
    char salt[CONFIG_PATH_MAX];
    config_path(salt, d->config->data, "sightings.salt");
    return sightings_open(&d->sightings, salt, now(), fault);
}

static enum err
open_parts(struct daemon *d, struct fault *fault)
{
    char keyset[CONFIG_PATH_MAX];
    config_path(keyset, d->config->data, "keyset.ini");
    enum err err = lock_data(d, fault);
    if (err == ERR_OK || err == ERR_NOT_FOUND) /* what is missing, the store says better */
        err = store_open(d->config->data,
                         STORE_MUST_EXIST | STORE_NO_KEYSET |
                             (d->accept_older ? STORE_ACCEPT_OLDER : 0U),
                         (unsigned)d->config->workers + ADMIN_WORKERS, &d->store, fault);
    if (err == ERR_OK && d->lock < 0)
        err = lock_data(d, fault);
    if (err == ERR_OK)
        issued_sweep(d->config->data);
    if (err == ERR_OK)
        err = keyring_open(keyset, &d->keyring, fault);
    if (err == ERR_OK)
        err = pages_open(&d->pages, fault);
    if (err == ERR_OK)
        err = in_flight_open(&d->in_flight, (size_t)d->config->workers, fault);
    if (err == ERR_OK)
        err = limits_open(&d->limits, fault);
    if (err == ERR_OK)
        err = shed_open(&d->shed, d->config, fault);
    if (err == ERR_OK)
        err = forgeries_open(&d->forgeries, fault);
    if (err == ERR_OK)
        err = tally_board_open(&d->tallies, fault);
    if (err == ERR_OK)
        err = open_sightings(d, fault);
    if (err == ERR_OK)
        err = product_words_open(&d->product_words, fault);
    if (err == ERR_OK)
        err = inbox_open(&d->inbox, fault);
    if (err == ERR_OK)
        err = meter_open(&d->meter, http_route_count(), fault);
    if (err == ERR_OK)
        err = country_file_open(d->config->country_file, &d->countries, fault);
    return err;
}

/* Without its keyset the gateway would answer every label that was ever sold as nobody's. It is in
 * each backup; where nothing is registered yet, there need be none. */
static enum err
check_keyset(const struct daemon *d, struct fault *fault)
{
    char path[CONFIG_PATH_MAX];
    struct registry_health health;
    const struct keyset *keyset = keyring_acquire(d->keyring);
    bool there = keyset->version > 0;
    keyring_release(d->keyring, keyset);
    if (there || registry_health(d->store->session, &health) != ERR_OK || health.units == 0)
        return ERR_OK;
    config_path(path, d->config->data, "keyset.ini");
    return fault_set(fault, ERR_CORRUPT,
                     "%s is missing, and %llu units are registered; restore it from the backup",
                     path, (unsigned long long)health.units);
}

static enum err
start(struct daemon *d, struct fault *fault)
{
    enum err err = open_parts(d, fault);
    if (err == ERR_OK)
        err = check_keyset(d, fault);
    if (err != ERR_OK)
        return err;
    d->app = (struct app){
        .config = d->config,
        .registry = d->store->registry,
        .keyring = d->keyring,
        .secrets = d->store->secrets,
        .pages = d->pages,
        .in_flight = d->in_flight,
        .limits = d->limits,
        .shed = d->shed,
        .forgeries = d->forgeries,
        .tallies = d->tallies,
        .sightings = d->sightings,
        .product_words = d->product_words,
        .inbox = d->inbox,
        .meter = d->meter,
        .countries = d->countries,
        .ask = http_ask,
        .now = now,
        .version = ASSAY_VERSION,
        .started_at = now(),
    };
    d->self =
        (struct worker){.app = &d->app, .session = d->store->session, .caller = copies_caller};
    err = watch_open(&d->watch, d->config, d->keyring, WATCH_MS, fault);
    if (err == ERR_OK)
        err = http_start(&d->app, &d->server, fault);
    return err == ERR_OK ? http_start_admin(&d->app, &d->admin, fault) : err;
}

/* Writes down what was counted, by the session of this thread. The same trouble is logged once, not
 * every second. */
static void
write_tallies(struct daemon *d)
{
    enum err err = tally_flush(d->tallies, d->store->session);
    if (err != ERR_OK && err != d->tally_err)
        log_event(d->config, LOG_ERROR, "tally_failed", "the verdicts could not be counted: %s",
                  err_info(err)->code);
    d->tally_err = err;
}

/* The same for who looked at what; and what that says of copies is raised. */
static void
write_sightings(struct daemon *d)
{
    const struct sightings_alarm alarm = {copies_raise, &d->self};
    enum err err = sightings_flush(d->sightings, d->store->session, &alarm, now());
    if (err != ERR_OK && err != d->sightings_err)
        log_event(d->config, LOG_ERROR, "sightings_failed",
                  "who looked at units could not be written down: %s", err_info(err)->code);
    d->sightings_err = err;
}

/* Every minute, so that an old copy is known for one even after a crash. */
static void
keep_checkpoint(struct daemon *d)
{
    struct fault fault = {ERR_OK, ""};
    if (now() < d->checkpoint_due)
        return;
    d->checkpoint_due = now() + CHECKPOINT_SECONDS;
    enum err err = store_checkpoint(d->store, &fault);
    if (err != ERR_OK && err != d->checkpoint_err)
        log_event(d->config, LOG_ERROR, "checkpoint_failed", "%s", fault.text);
    d->checkpoint_err = err;
}

/* CivetWeb gives up what it still reads when it is stopped, so those who are being answered are
 * waited for before; every answer now ends its connection. */
static void
drain(struct daemon *d)
{
    const struct timespec turn = {0, DRAIN_TURN_NS};
    meter_stop(d->meter);
    for (int i = 0; i < DRAIN_TURNS && meter_busy(d->meter) > 0; i++)
        (void)nanosleep(&turn, NULL);
}

static void
stop(struct daemon *d)
{
    drain(d);
    http_stop(d->server);
    http_stop(d->admin);
    if (d->server != NULL) {
        write_tallies(d);
        write_sightings(d);
    }
    tally_board_close(d->tallies);
    sightings_close(d->sightings);
    product_words_close(d->product_words);
    inbox_close(d->inbox);
    meter_close(d->meter);
    country_file_close(d->countries);
    pages_close(d->pages);
    in_flight_close(d->in_flight);
    limits_close(d->limits);
    shed_close(d->shed);
    forgeries_close(d->forgeries);
    watch_close(d->watch);
    if (d->keyring != NULL)
        keyring_close(d->keyring);
    store_close(d->store);
    if (d->lock >= 0)
        (void)close(d->lock);
}

/* It serves all the same where the kernel cannot confine it: what it may do is then for whoever
 * started it, as the service file does. */
static void
tell_confined(const struct daemon *d)
{
    if (d->not_confined == 0)
        log_event(d->config, LOG_INFO, "confined", "to its directory and its ports");
    else
        log_event(d->config, LOG_INFO, "not_confined", "%s", strerror(d->not_confined));
}

static void
tell_started(const struct daemon *d)
{
    struct registry_health health = {0};
    if (registry_health(d->store->session, &health) != ERR_OK)
        log_event(d->config, LOG_ERROR, "registry_health", "the registry could not be counted");
    printf("assayd: serving %s (data %s, %llu units)\n", d->config->base_url, d->config->data,
           (unsigned long long)health.units);
    (void)fflush(stdout);
    notify_send(d->notify, "READY=1");
}

static void
reload_countries(struct daemon *d)
{
    struct fault fault = {ERR_OK, ""};
    char name[COUNTRY_DB_NAME_MAX];
    if (d->countries == NULL)
        return;
    if (country_file_reload(d->countries, name, &fault) == ERR_OK)
        log_event(d->config, LOG_INFO, "country_file_reloaded", "%s", name);
    else
        log_event(d->config, LOG_ERROR, "country_file_refused", "%s", fault.text);
}

/* A registry that does not answer is as good as a hang: the manager starts us again. */
static void
tell_alive(const struct daemon *d)
{
    struct registry_health health;
    if (d->notify->watchdog_ms > 0 && registry_health(d->store->session, &health) == ERR_OK)
        notify_send(d->notify, "WATCHDOG=1");
}

/* A second, or sooner for an impatient watchdog. */
static struct timespec
pause_of(const struct daemon *d)
{
    int64_t ms = d->notify->watchdog_ms;
    ms = ms == 0 || ms > 3000 ? 1000 : ms / 3;
    return (struct timespec){ms / 1000, ms % 1000 * 1000000};
}

/* Signals are blocked in every thread and taken here, so nothing runs inside a handler. */
static void
wait_for_stop(struct daemon *d, const sigset_t *signals)
{
    const struct timespec pause = pause_of(d);
    for (;;) {
        tell_alive(d);
        int taken = sigtimedwait(signals, NULL, &pause);
        if (taken == SIGTERM || taken == SIGINT)
            break;
        if (taken == SIGHUP) {
            watch_look(d->watch);
            reload_countries(d);
        }
        write_tallies(d);
        write_sightings(d);
        keep_checkpoint(d);
    }
    notify_send(d->notify, "STOPPING=1");
    log_event(d->config, LOG_INFO, "stopping", "asked to stop");
}

enum err
serve(const struct config *config, bool accept_older, const struct notify *notify,
      struct fault *fault)
{
    struct daemon d = {
        .config = config, .accept_older = accept_older, .notify = notify, .lock = -1};
    sigset_t signals;
    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGTERM);
    (void)sigaddset(&signals, SIGINT);
    (void)sigaddset(&signals, SIGHUP);
    (void)sigaddset(&signals, SIGPIPE);
    if (pthread_sigmask(SIG_BLOCK, &signals, NULL) != 0 || sodium_init() < 0)
        return fault_set(fault, ERR_UNAVAILABLE, "cannot initialise");
    (void)sigdelset(&signals, SIGPIPE);
    (void)umask(077);
    raise_file_limit();
    d.not_confined = confine(config);
    enum err err = start(&d, fault);
    if (err == ERR_OK) {
        tell_confined(&d);
        tell_started(&d);
        wait_for_stop(&d, &signals);
    }
    stop(&d);
    return err;
}
