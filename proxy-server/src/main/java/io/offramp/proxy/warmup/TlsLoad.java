package io.offramp.proxy.warmup;

import io.offramp.proxy.handshake.crypto.CryptoProviders;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongPredicate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * All kinds of traffic for a proxy, in rounds: full and resumed handshakes of each version with one request each, small
 * answers over many connections at once, large answers, uploads, and requests that are refused; the same over many
 * streams of HTTP/2. The server behind the proxy answers as {@link LoadServer} does. One thread.
 */
public final class TlsLoad {
    private static final int HANDSHAKES = 5;
    private static final int KEPT = 16;
    private static final int SMALL = 20;
    private static final int MEDIUM = 10;
    private static final int LARGE = 2;
    private static final int LARGE_BYTES = 1 << 20;
    private static final int STREAMS = 16;
    private static final int SOCKET_TIMEOUT_MS = 10_000;

    private final Dialer dialer;
    private final SSLContext trust;
    private long connections;
    private long requests;

    /** What a listener takes. */
    public enum Traffic {
        /** Passes bytes. */
        BYTES,
        /** HTTP/1.1. */
        HTTP_1,
        /** HTTP/1.1, and HTTP/2 by ALPN. */
        HTTP_2
    }

    /**
     * A listener of the proxy.
     *
     * @param port on loopback
     * @param versions in the JDK's names: {@code TLSv1.3}
     */
    public record Target(int port, List<String> versions, Traffic traffic) {
        /** Copies the list. */
        public Target {
            versions = List.copyOf(versions);
        }
    }

    /** @throws IOException if this JVM has no TLS */
    public TlsLoad(Dialer dialer) throws IOException {
        this.dialer = dialer;
        this.trust = trusting();
    }

    /**
     * Runs rounds over these listeners.
     *
     * @param goesOn asked before each version of each listener; false ends a round in its midst
     * @param nextRound asked after each round, with its duration in ns
     * @throws IOException if the proxy refuses something; the message names version and port
     */
    public void run(List<Target> targets, BooleanSupplier goesOn, LongPredicate nextRound) throws IOException {
        long startNs;
        do {
            startNs = System.nanoTime();
            for (Target target : targets) {
                for (String version : target.versions()) {
                    if (!goesOn.getAsBoolean()) {
                        return;
                    }
                    try {
                        round(target, version);
                    } catch (IOException e) {
                        throw new IOException(
                                version + " on port " + target.port() + ", after " + requests + " requests: "
                                        + e.getMessage(),
                                e);
                    }
                }
            }
        } while (nextRound.test(System.nanoTime() - startNs));
    }

    /** TLS connections so far. */
    public long connections() {
        return connections;
    }

    /** Requests so far that were answered. */
    public long requests() {
        return requests;
    }

    private void round(Target target, String version) throws IOException {
        for (int i = 0; i < HANDSHAKES; i++) {
            try (Http1Client full = connect(target, version)) {
                get(full, 1 << 10);
            }
            try (Http1Client resumed = connect(target, version)) {
                get(resumed, 1 << 10);
                resumed.forgetSession();
            }
        }
        List<Http1Client> kept = new ArrayList<>();
        try {
            for (int i = 0; i < KEPT; i++) {
                kept.add(connect(target, version));
            }
            repeat(kept, 1 << 10, SMALL);
            repeat(kept.subList(0, KEPT / 4), 16 << 10, MEDIUM);
            repeat(kept.subList(0, 1), LARGE_BYTES, LARGE);
            put(kept.getFirst());
            if (target.traffic() != Traffic.BYTES) {
                kept.getFirst().send("GET relative HTTP/1.1\r\nHost: localhost\r\n\r\n");
                answered(kept.getFirst().status(), 400);
            }
        } finally {
            for (Http1Client client : kept) {
                client.forgetSession();
                client.close();
            }
        }
        if (target.traffic() == Traffic.HTTP_2) {
            streams(target, version);
        }
    }

    /** The same over HTTP/2. */
    private void streams(Target target, String version) throws IOException {
        try (Http2Client client = new Http2Client(dial(target, version, "h2"))) {
            List<Http2Client> streams = Collections.nCopies(STREAMS, client);
            repeat(streams, 1 << 10, SMALL);
            repeat(streams.subList(0, STREAMS / 4), 16 << 10, MEDIUM);
            repeat(streams.subList(0, 1), LARGE_BYTES, LARGE);
            put(client);
            client.forgetSession();
        }
    }

    /** On all connections at once, so that the proxy finds them in one turn. */
    private void repeat(List<? extends LoadClient> clients, int bytes, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            for (LoadClient client : clients) {
                client.get(bytes);
            }
            for (LoadClient client : clients) {
                answered(client.status(), 200);
            }
        }
    }

    private void get(LoadClient client, int bytes) throws IOException {
        repeat(List.of(client), bytes, 1);
    }

    private void put(LoadClient client) throws IOException {
        for (int i = 0; i < LARGE; i++) {
            client.put(LARGE_BYTES);
            answered(client.status(), 200);
        }
    }

    private void answered(int status, int expected) throws IOException {
        if (status != expected) {
            throw new IOException("an answer with " + status + " in place of " + expected);
        }
        requests++;
    }

    private Http1Client connect(Target target, String version) throws IOException {
        return new Http1Client(dial(target, version));
    }

    private SSLSocket dial(Target target, String version, String... alpn) throws IOException {
        Socket socket = dialer.dial(target.port());
        try {
            socket.setSoTimeout(SOCKET_TIMEOUT_MS);
            socket.setTcpNoDelay(true);
            SSLSocket tls = (SSLSocket)
                    trust.getSocketFactory().createSocket(socket, "localhost", target.port(), true); // closes both
            tls.setEnabledProtocols(new String[] {version});
            SSLParameters parameters = tls.getSSLParameters();
            parameters.setApplicationProtocols(alpn);
            tls.setSSLParameters(parameters);
            connections++;
            return tls;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** The native provider's, if there is one: its clients leave the CPU to the proxy. */
    private static SSLContext trusting() throws IOException {
        try {
            Provider fast = CryptoProviders.best()
                    .choice(CryptoProviders.Primitive.X25519)
                    .provider();
            SSLContext context = context(fast);
            context.init(null, new TrustAny[] {new TrustAny()}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    private static SSLContext context(@Nullable Provider provider) throws GeneralSecurityException {
        return provider != null && provider.getService("SSLContext", "TLS") != null
                ? SSLContext.getInstance("TLS", provider)
                : SSLContext.getInstance("TLS");
    }
}
