package io.offramp.proxy.handshake.engine;

import io.offramp.proxy.handshake.certificate.Credentials;
import io.offramp.proxy.handshake.certificate.IdentityTable;
import io.offramp.proxy.handshake.client.PeerName;
import io.offramp.proxy.handshake.ticket.SessionParties;
import io.offramp.proxy.tls.Role;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;

/** One handshake with a server: the settings of its upstream, and what it is to be. Immutable. */
public final class ClientHandshake implements EngineSettings {
    private final ClientSettings settings;
    private final PeerName name;
    private final String sessionKey;
    private final List<String> protocols;
    private final SessionParties parties;

    /**
     * Reads the current trust and certificate, and keeps them.
     *
     * @param server what it is known by, such as {@code 127.0.0.1:8443}: sessions of one are not offered to another
     * @param name that its certificate must have
     * @param protocols for ALPN, in order of preference; empty for none
     */
    public ClientHandshake(ClientSettings settings, String server, PeerName name, List<String> protocols) {
        this.settings = settings;
        this.name = name;
        this.sessionKey = server + ' ' + name;
        this.protocols = List.copyOf(protocols);
        this.parties = settings.parties();
    }

    /** Whether trust and certificate are still those of today. Thread-safe. */
    public boolean isCurrent() {
        return settings.areCurrent(parties);
    }

    ClientSettings settings() {
        return settings;
    }

    PeerName name() {
        return name;
    }

    String sessionKey() {
        return sessionKey;
    }

    List<String> protocols() {
        return protocols;
    }

    SessionParties parties() {
        return parties;
    }

    /** Our certificate, ready to sign; empty for none. */
    List<Credentials> credentials() {
        IdentityTable own = parties.identity();
        return own == null ? List.of() : own.candidates(null);
    }

    @Override
    public Role role() {
        return Role.CLIENT;
    }

    @Override
    public Duration timeout() {
        return settings.timeout();
    }

    @Override
    public int maxBytes() {
        return settings.maxBytes();
    }

    @Override
    public Executor worker() {
        return settings.worker();
    }

    @Override
    public HandshakeEngine start() throws IOException {
        return ClientProtocol.start(this);
    }
}
