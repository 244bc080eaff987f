/* SPDX-License-Identifier: Apache-2.0 */
/* A connection to a NATS server with JetStream. */
#include "nats_link.h"
#include "c8d.h"
#include "nats_subject.h"
#include "options.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_MS 5000
#define REPLY_MS 5000
#define RECONNECT_WAIT_MS 200

enum { OPTION_STREAM = 0x500, OPTION_SUBJECT, OPTION_PARTITIONS, OPTION_CREDENTIALS, OPTION_AUTHORITY };

static const struct argp_option option_list[] = {
    {"stream", OPTION_STREAM, "NAME", 0, "NATS: the stream [C8D]", 3},
    {"subject", OPTION_SUBJECT, "PREFIX", 0, "NATS: what the subjects begin with [c8d]", 3},
    {"partitions", OPTION_PARTITIONS, "N", 0, "NATS: partitions of the stream, the same for all [16]", 3},
    {"nats-creds", OPTION_CREDENTIALS, "FILE", 0, "NATS: credentials", 3},
    {"nats-ca", OPTION_AUTHORITY, "FILE", 0, "NATS: certificates that are trusted", 3},
    {0},
};

/* One token, or several for a prefix. */
static bool is_name(const char *text, bool dots)
{
    size_t length = strlen(text);

    for (size_t i = 0; i < length; i++) {
        if (text[i] <= ' ' || text[i] >= 0x7f || strchr("*>/\\", text[i]) != NULL ||
            (text[i] == '.' && (!dots || i == 0 || i == length - 1 || text[i - 1] == '.')))
            return false;
    }
    return length > 0 && length <= C8D__TOKEN_BYTES_MAX;
}

static error_t take_name(const char **out, const char *text, bool dots, const struct argp_state *state)
{
    if (!is_name(text, dots))
        return c8d__refuse(state, "not a name for NATS: '%s'", text);
    *out = text;
    return 0;
}

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct c8d__nats_wish *wish = state->input;
    uint64_t number = 0;

    switch (key) {
    case OPTION_STREAM:
        return take_name(&wish->stream, value, false, state);
    case OPTION_SUBJECT:
        return take_name(&wish->prefix, value, true, state);
    case OPTION_PARTITIONS:
        if (!c8d__read_number(value, C8D__PARTITIONS_MAX, &number) || number == 0)
            return c8d__refuse(state, "not a number of partitions: '%s'", value);
        wish->partitions = (unsigned)number;
        return 0;
    case OPTION_CREDENTIALS:
        wish->credentials = value;
        return 0;
    case OPTION_AUTHORITY:
        wish->authority = value;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp c8d__nats_argp = {.options = option_list, .parser = parse};

static const char *from_environment(const char *name)
{
    const char *value = getenv(name);

    return value != NULL && *value != '\0' ? value : NULL;
}

static natsStatus set_secrets(natsOptions *options, const struct c8d__nats_wish *wish)
{
    const char *user = from_environment("C8D_NATS_USER");
    const char *password = from_environment("C8D_NATS_PASSWORD");
    const char *token = from_environment("C8D_NATS_TOKEN");

    if (wish->credentials != NULL)
        return natsOptions_SetUserCredentialsFromFiles(options, wish->credentials, NULL);
    if (user != NULL)
        return natsOptions_SetUserInfo(options, user, password != NULL ? password : "");
    return token != NULL ? natsOptions_SetToken(options, token) : NATS_OK;
}

static natsStatus set_options(natsOptions *options, const struct c8d__nats_wish *wish)
{
    natsStatus status = natsOptions_SetURL(options, wish->url);

    if (status == NATS_OK)
        status = natsOptions_SetTimeout(options, CONNECT_MS);
    if (status == NATS_OK)
        status = natsOptions_SetMaxReconnect(options, -1);
    if (status == NATS_OK)
        status = natsOptions_SetReconnectWait(options, RECONNECT_WAIT_MS);
    if (status == NATS_OK && strncmp(wish->url, "tls://", 6) == 0)
        status = natsOptions_SetSecure(options, true);
    if (status == NATS_OK && wish->authority != NULL)
        status = natsOptions_LoadCATrustedCertificates(options, wish->authority);
    return status == NATS_OK ? set_secrets(options, wish) : status;
}

bool c8d__nats_connect(struct c8d__nats_link *link, const struct c8d__nats_wish *wish, const char *subcommand)
{
    jsOptions jetstream;
    natsOptions *options = NULL;
    natsStatus status;

    *link = (struct c8d__nats_link){0};
    /* What stands there would be seen by everybody who lists processes. */
    if (strchr(wish->url, '@') != NULL) {
        c8d__fail("%s: no user or password in an address; see C8D_NATS_USER and --nats-creds", subcommand);
        return false;
    }
    status = natsOptions_Create(&options);
    if (status == NATS_OK)
        status = set_options(options, wish);
    if (status == NATS_OK)
        status = natsConnection_Connect(&link->connection, options);
    if (status == NATS_OK)
        status = jsOptions_Init(&jetstream);
    if (status == NATS_OK) {
        jetstream.Wait = REPLY_MS;
        status = natsConnection_JetStream(&link->jetstream, link->connection, &jetstream);
    }
    natsOptions_Destroy(options);
    if (status == NATS_OK)
        return true;
    c8d__fail("%s: %s: %s", subcommand, wish->url, natsStatus_GetText(status));
    c8d__nats_disconnect(link);
    return false;
}

bool c8d__nats_make_stream(struct c8d__nats_link *link, const struct c8d__nats_wish *wish,
                           const char *subcommand)
{
    char all[C8D__TOKEN_BYTES_MAX + 3];
    const char *subjects[] = {all};
    jsStreamConfig config;
    jsStreamInfo *info = NULL;
    jsErrCode error = 0;
    natsStatus status = js_GetStreamInfo(&info, link->jetstream, wish->stream, NULL, &error);

    if (status == NATS_NOT_FOUND && jsStreamConfig_Init(&config) == NATS_OK) {
        snprintf(all, sizeof(all), "%s.>", wish->prefix);
        config.Name = wish->stream;
        config.Subjects = subjects;
        config.SubjectsLen = 1;
        status = js_AddStream(&info, link->jetstream, &config, NULL, &error);
    }
    jsStreamInfo_Destroy(info);
    if (status == NATS_OK)
        return true;
    c8d__fail("%s: %s: stream %s: %s (%d)", subcommand, wish->url, wish->stream, natsStatus_GetText(status),
              (int)error);
    return false;
}

void c8d__nats_disconnect(struct c8d__nats_link *link)
{
    jsCtx_Destroy(link->jetstream);
    natsConnection_Destroy(link->connection);
    nats_Close();
    *link = (struct c8d__nats_link){0};
}
