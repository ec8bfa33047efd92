package io.offramp.proxy.server;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.offramp.offload.ConnectionOffload;
import io.offramp.proxy.config.AlpnConfig;
import io.offramp.proxy.config.ClientAuthConfig;
import io.offramp.proxy.config.ListenerConfig;
import io.offramp.proxy.config.ProxyConfig;
import io.offramp.proxy.config.TlsConfig;
import io.offramp.proxy.handshake.BadCertificateException;
import io.offramp.proxy.handshake.ClientAuth;
import io.offramp.proxy.handshake.HandshakeSettings;
import io.offramp.proxy.handshake.ServerIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** Makes the handshake settings of listeners, which share the threads for steps that would stall an event loop. */
final class Handshakes implements AutoCloseable {
    private final ProxyConfig config;
    private final KeyLogs keyLogs = new KeyLogs();
    private final ExecutorService workers;

    /** @param threads started when first needed */
    Handshakes(ProxyConfig config, int threads) {
        this.config = config;
        this.workers = Executors.newFixedThreadPool(threads, new DefaultThreadFactory("offramp-handshake", true));
    }

    /**
     * Reads a listener's certificates and prepares its crypto. Blocks.
     *
     * @param device where handshakes run; null for the host
     */
    HandshakeSettings settings(ListenerConfig listener, @Nullable ConnectionOffload device) throws StartException {
        TlsConfig tls = listener.tls();
        List<ServerIdentity> identities = new ArrayList<>();
        ClientAuth clientAuth;
        try {
            for (TlsConfig.Certificate certificate : tls.certificates()) {
                identities.add(ServerIdentity.load(certificate.cert(), certificate.key()));
            }
            clientAuth = clientAuth(tls.clientAuth());
        } catch (BadCertificateException e) {
            throw new StartException(listener.name() + ": " + e.getMessage());
        }
        return HandshakeSettings.builder(identities, device == null ? workers : device.workers())
                .versions(tls.versions())
                .ciphers(tls.ciphers())
                .groups(tls.groups())
                .protocols(tls.alpn().protocols())
                .ignoresOtherProtocols(tls.alpn().mismatch() == AlpnConfig.Mismatch.IGNORE)
                .timeout(config.timeouts().handshake())
                .maxBytes(config.limits().handshakeBytes())
                .clientAuth(clientAuth)
                .keyLog(keyLogs.of(listener.name(), tls.keylog()))
                .build();
    }

    private static @Nullable ClientAuth clientAuth(ClientAuthConfig auth) throws BadCertificateException {
        return auth.mode() == ClientAuthConfig.Mode.OFF
                ? null
                : ClientAuth.load(auth.mode() == ClientAuthConfig.Mode.REQUIRED, auth.ca(), auth.crl(), auth.depth());
    }

    /** What the listeners prepared so far write their secrets to. */
    KeyLogs keyLogs() {
        return keyLogs;
    }

    /** When no handshake is under way any more. */
    @Override
    public void close() {
        workers.shutdown();
        keyLogs.close();
    }
}
