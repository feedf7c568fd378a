/* SPDX-License-Identifier: Apache-2.0 */
/* constant PORT WORKERS BYTES [verify]: CivetWeb with the options of gateway/http/server.c and
 * nothing behind it: every request is answered with the same head and BYTES of body, in one write.
 * What it answers a second is the most that the gateway can. With `verify` libsodium verifies one
 * forged signature before each answer: what both cost where neither finds its code in the caches.
 */
#include <civetweb.h>
#include <signal.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The fields that the gateway sends with a verdict. */
static const char head[] =
    "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\nDate: Sun, 22 Nov 2026 14:00:00 GMT\r\n"
    "Content-Type: application/json\r\nVary: Accept, Accept-Language\r\nCache-Control: no-store\r\n"
    "Content-Language: en\r\nContent-Security-Policy: default-src 'none'; frame-ancestors "
    "'none'\r\n"
    "Permissions-Policy: camera=(), geolocation=(), microphone=()\r\n"
    "X-Content-Type-Options: nosniff\r\nReferrer-Policy: same-origin\r\nX-Frame-Options: DENY\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\nCross-Origin-Resource-Policy: same-origin\r\n"
    "Connection: keep-alive\r\n\r\n";

enum { MESSAGE_BYTES = 110 };

struct answer {
    char *data;
    size_t len;
    bool verify;
    uint8_t public_key[crypto_sign_PUBLICKEYBYTES];
    uint8_t message[MESSAGE_BYTES], signature[crypto_sign_BYTES];
};

static int
begin_request(struct mg_connection *conn)
{
    const struct answer *answer = mg_get_user_data(mg_get_context(conn));
    if (answer->verify && crypto_sign_verify_detached(answer->signature, answer->message,
                                                      MESSAGE_BYTES, answer->public_key) == 0)
        return 500; /* it is forged */
    (void)mg_write(conn, answer->data, answer->len);
    return 200;
}

static struct answer
make_answer(size_t body)
{
    struct answer answer = {.data = malloc(sizeof head + 32 + body)};
    if (answer.data == NULL)
        exit(1);
    answer.len = (size_t)sprintf(answer.data, head, body);
    memset(answer.data + answer.len, 'x', body);
    answer.len += body;
    return answer;
}

static void
forge(struct answer *answer)
{
    uint8_t secret_key[crypto_sign_SECRETKEYBYTES];
    if (sodium_init() < 0)
        exit(1);
    (void)crypto_sign_keypair(answer->public_key, secret_key);
    (void)crypto_sign_detached(answer->signature, NULL, answer->message, MESSAGE_BYTES, secret_key);
    answer->signature[0] ^= 1;
    answer->verify = true;
}

int
main(int argc, char **argv)
{
    static const struct mg_callbacks callbacks = {.begin_request = begin_request};
    bool verify = argc == 5 && strcmp(argv[4], "verify") == 0;
    if (argc != 4 && !verify) {
        fprintf(stderr, "usage: constant PORT WORKERS BYTES [verify]\n");
        return 2;
    }
    char port[32];
    (void)snprintf(port, sizeof port, "127.0.0.1:%s", argv[1]);
    const char *options[] = {"listening_ports",
                             port,
                             "num_threads",
                             argv[2],
                             "request_timeout_ms",
                             "5000",
                             "enable_keep_alive",
                             "yes",
                             "keep_alive_timeout_ms",
                             "75000",
                             "connection_queue",
                             "1024",
                             "listen_backlog",
                             "1024",
                             "tcp_nodelay",
                             "1",
                             "decode_url",
                             "no",
                             "enable_auth_domain_check",
                             "no",
                             "enable_directory_listing",
                             "no",
                             "access_control_allow_origin",
                             "",
                             "access_control_allow_methods",
                             "",
                             "access_control_allow_headers",
                             "",
                             NULL};
    struct answer answer = make_answer(strtoul(argv[3], NULL, 10));
    if (verify)
        forge(&answer);
    sigset_t signals;
    int taken = 0;
    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGTERM);
    (void)sigaddset(&signals, SIGINT);
    (void)sigprocmask(SIG_BLOCK, &signals, NULL);
    (void)mg_init_library(0);
    struct mg_context *context = mg_start(&callbacks, &answer, options);
    if (context == NULL)
        return 1;
    (void)sigwait(&signals, &taken);
    mg_stop(context);
    free(answer.data);
    return 0;
}
