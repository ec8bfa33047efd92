package io.offramp.proxy.server;

import io.offramp.proxy.admin.AdminServer;
import io.offramp.proxy.budget.ClientLimits;
import io.offramp.proxy.budget.Sizing;
import io.offramp.proxy.config.ProxyConfig;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.handshake.crypto.CryptoProviders;
import io.offramp.proxy.sockets.SocketTransport;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the log says of a proxy that serves. */
record Announcement(SocketTransport transport, Backends backends, Sizing sizing) {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyServer.class);

    /** It has begun. */
    void started(
            ProxyConfig config,
            ClientLimits limits,
            List<ProxyServer.Listening> listeners,
            @Nullable AdminServer admin) {
        LOG.info(
                "JDK {}, transport {}, handshake crypto: {}, backends: {}",
                Runtime.version(),
                transport,
                CryptoProviders.describe(),
                backends.describe());
        backends.all()
                .forEach(backend -> backend.surroundings().forEach(line -> LOG.info("{}: {}", backend.name(), line)));
        LOG.info("{}", sizing.describe(limits));
        warnOfSizes(config);
        for (ProxyServer.Listening each : listeners) {
            LOG.info(
                    "listening on {} ({}), offload: tx {}, rx {}",
                    Connection.text(each.address()),
                    each.config().mode().name().toLowerCase(Locale.ROOT),
                    each.plan().describeTx(),
                    each.plan().describeRx());
        }
        if (admin != null) {
            LOG.info("admin on {}", admin);
        }
    }

    /** A reload has changed it: new addresses, of which the system may have chosen the port, and what does not fit. */
    void changed(ProxyConfig config, List<Listeners.Open> added) {
        added.forEach(each -> LOG.info("listening on {}", Connection.text(each.address())));
        warnOfSizes(config);
    }

    private void warnOfSizes(ProxyConfig config) {
        sizing.warnings(config.clients(), config.heads().headBytes()).forEach(line -> LOG.warn("{}", line));
    }
}
