/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/http/address.h"

static int
listen_somewhere(uint64_t *port)
{
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof name;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&name, sizeof name), 0);
    assert_int_equal(listen(fd, 4), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&name, &size), 0);
    *port = ntohs(name.sin_port);
    return fd;
}

static int
unsent_of(int fd)
{
    int size = 0;
    socklen_t len = sizeof size;
    assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, &len), 0);
    return size;
}

/* socket(7): the kernel doubles the value. */
static void
bounds_what_listens_there(void **state)
{
    (void)state;
    uint64_t port = 0;
    uint64_t other_port = 0;
    int fd = listen_somewhere(&port);
    int other = listen_somewhere(&other_port);
    int before = unsent_of(other);
    http_bound_unsent(port);
    assert_int_equal(unsent_of(fd), 2 * UNSENT_MAX);
    assert_int_equal(unsent_of(other), before);
    (void)close(fd);
    (void)close(other);
}

/* CivetWeb is told where to listen only after this. */
static void
tells_that_a_port_is_taken(void **state)
{
    (void)state;
    struct fault fault = {0};
    uint64_t port = 0;
    int fd = listen_somewhere(&port);
    assert_int_equal(http_check_address("127.0.0.1", port, &fault), ERR_BUSY);
    (void)close(fd);
    assert_int_equal(http_check_address("127.0.0.1", port, &fault), ERR_OK);
    assert_int_equal(http_check_address("192.0.2.1", port, &fault), ERR_INVALID);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounds_what_listens_there),
        cmocka_unit_test(tells_that_a_port_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
