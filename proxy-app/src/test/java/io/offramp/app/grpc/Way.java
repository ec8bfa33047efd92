package io.offramp.app.grpc;

import io.offramp.app.e2e.OffloadMode;
import io.offramp.app.e2e.RunningProxy;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** How calls come to the server, as a parameter. */
enum Way {
    /** Without the proxy: what client and server do by themselves. */
    DIRECT,
    SW,
    HW,
    HW_RECORD;

    /** An open way; closes what it opened. */
    record Opened(@Nullable RunningProxy proxy, EchoClient client) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            client.close();
            if (proxy != null) {
                proxy.close();
            }
        }
    }

    Opened to(EchoServer server) throws Exception {
        return toPort(server.port());
    }

    /** @param port of a server on loopback, or of none */
    Opened toPort(int port) throws Exception {
        if (this == DIRECT) {
            return new Opened(null, EchoClient.direct(port));
        }
        OffloadMode mode = OffloadMode.valueOf(name());
        RunningProxy proxy = RunningProxy.h2c(mode, mode, port);
        return new Opened(proxy, EchoClient.secure(proxy.address()));
    }
}
