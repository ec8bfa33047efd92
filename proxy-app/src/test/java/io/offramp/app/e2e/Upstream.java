package io.offramp.app.e2e;

/** The version of HTTP between the proxy and its server, as a parameter. */
enum Upstream {
    /** The demo's. */
    HTTP1,
    H2C;

    /** @param server stays unused where the demo is the server */
    RunningProxy proxy(OffloadMode tx, OffloadMode rx, H2cServer server) throws Exception {
        return this == HTTP1 ? RunningProxy.http(tx, rx) : RunningProxy.h2c(tx, rx, server.port());
    }
}
