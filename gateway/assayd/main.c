/* SPDX-License-Identifier: Apache-2.0 */
/* The gateway. It verifies and never signs. */
#include <stdio.h>

#include "gateway/assayd/arguments.h"
#include "gateway/assayd/serve.h"

extern char **environ;

static const char usage[] =
    "Usage: assayd [--config FILE] [--KEY VALUE ...] [--check-config | --print-config]\n"
    "\n"
    "Answers whether labels are genuine. Flags win over the environment (ASSAY_PORT, ...),\n"
    "which wins over the file, which wins over the defaults.\n"
    "\n"
    "  --config FILE                an INI file: port = 8080 (DATA/assayd.ini if there)\n"
    "  --check-config               say what is wrong with the configuration, and exit\n"
    "  --print-config               print every key with its value and source, and exit\n"
    "  --accept-older               go on with a registry that is older than it was, once: say it\n"
    "                               after an old copy was put back on purpose\n"
    "  --version, --help\n"
    "\n"
    "SIGTERM stops it after the requests that run are answered, SIGHUP reads the keyset\n"
    "and the country_file again.\n"
    "Under systemd (assayd.service) it says when it is ready and that it lives.\n"
    "\n";

static int
print_usage(void)
{
    struct text text;
    text_init(&text, CONFIG_FILE_MAX);
    text_put(&text, usage);
    config_usage(&text);
    int printed = text_ok(&text) ? fputs(text.data, stdout) : EOF;
    text_free(&text);
    return printed >= 0 ? 0 : 1;
}

static int
print_config(const struct config *config)
{
    struct text text;
    text_init(&text, CONFIG_FILE_MAX);
    config_print(&text, config);
    int printed = text_ok(&text) ? fputs(text.data, stdout) : EOF;
    text_free(&text);
    return printed >= 0 ? 0 : 1;
}

static int
complain(const struct fault *fault)
{
    (void)fprintf(stderr, "assayd: %s\n", fault->text);
    return err_info(fault->err)->exit_code;
}

int
main(int argc, char **argv)
{
    struct arguments arguments;
    struct fault fault = {0};
    if (argc < 1)
        return err_info(ERR_USAGE)->exit_code;
    if (arguments_read(&arguments, argv, environ, &fault) != ERR_OK)
        return complain(&fault);
    if (arguments.help)
        return print_usage();
    if (arguments.version)
        return puts("assayd " ASSAY_VERSION) >= 0 ? 0 : 1;
    if (arguments.print_config)
        return print_config(&arguments.config);
    if (arguments.check_config)
        return puts("assayd: the configuration is good") >= 0 ? 0 : 1;
    const struct notify notify = notify_of(environ);
    return serve(&arguments.config, arguments.accept_older, &notify, &fault) == ERR_OK
               ? 0
               : complain(&fault);
}
