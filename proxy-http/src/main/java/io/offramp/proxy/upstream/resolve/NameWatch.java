package io.offramp.proxy.upstream.resolve;

import io.netty.util.concurrent.Future;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.upstream.UpstreamServer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks one server's name up again and again, and when the server does not accept. If there is no answer, or the name
 * has vanished, the last good addresses stay.
 */
final class NameWatch implements RepeatedLookup.Question<Names.Found> {
    private static final Logger LOG = LoggerFactory.getLogger(NameWatch.class);

    private final Names names;
    private final UpstreamServer server;
    private final HostPort address;
    private final RepeatedLookup<Names.Found> lookup;

    NameWatch(Names names, UpstreamServer server, HostPort address) {
        this.names = names;
        this.server = server;
        this.address = address;
        lookup = new RepeatedLookup<>(names.eventLoop(), this);
    }

    void start() {
        server.onLookUp(lookup::soon); // the server may have moved
        lookup.start();
    }

    void close() {
        server.onLookUp(null);
        lookup.close();
    }

    @Override
    public Future<Names.Found> ask() {
        return names.lookUp(address.host());
    }

    @Override
    public void onAnswer(Names.Found found) {
        server.onAddresses(address.at(found.addresses()));
    }

    @Override
    public void onFailure(@Nullable Throwable cause, boolean first) {
        if (first) {
            LOG.warn(
                    "upstream {}: no addresses of {}: {}; those that are known stay",
                    server.group().name(),
                    address.host(),
                    cause == null ? "" : cause.getMessage());
        }
    }
}
