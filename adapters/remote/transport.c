/* SPDX-License-Identifier: Apache-2.0 */
/* Which transports there are. */
#include "transport.h"

struct filler {
    const char *name;
    struct c8d__transport *(*make)(struct c8d__remote *remote);
};

/* In the order of the enum; without `make` the library was built without it. */
static const struct filler fillers[C8D_TRANSPORT__COUNT] = {
    [C8D_TRANSPORT_AUTO] = {.name = "auto"},
    [C8D_TRANSPORT_GRPC] = {.name = "grpc",
#ifdef C8D_WITH_GRPC
                            .make = c8d__grpc_transport
#endif
    },
    [C8D_TRANSPORT_NGHTTP2] = {.name = "nghttp2",
#ifdef C8D_WITH_NGHTTP2
                               .make = c8d__nghttp2_transport
#endif
    },
};

const char *c8d_transport_name(enum c8d_transport transport)
{
    return (unsigned)transport < C8D_TRANSPORT__COUNT ? fillers[transport].name : "?";
}

bool c8d_transport_available(enum c8d_transport transport)
{
    if (transport == C8D_TRANSPORT_AUTO)
        return true;
    return (unsigned)transport < C8D_TRANSPORT__COUNT && fillers[transport].make != NULL;
}

struct c8d__transport *c8d__transport_new(struct c8d__remote *remote, enum c8d_transport wanted)
{
    if (wanted == C8D_TRANSPORT_AUTO)
        wanted = c8d_transport_available(C8D_TRANSPORT_GRPC) ? C8D_TRANSPORT_GRPC : C8D_TRANSPORT_NGHTTP2;
    return fillers[wanted].make(remote);
}
