package io.offramp.proxy.handshake.engine;

import io.offramp.proxy.handshake.client.CertificateList;
import io.offramp.proxy.handshake.client.PeerCertificate;
import io.offramp.proxy.handshake.crypto.Group;
import io.offramp.proxy.handshake.crypto.HandshakeCrypto;
import io.offramp.proxy.handshake.crypto.TapCipher;
import io.offramp.proxy.handshake.crypto.TlsSuite;
import io.offramp.proxy.tls.Handshaken;
import io.offramp.proxy.tls.Negotiated;
import io.offramp.proxy.tls.Role;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.ClientHello;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.HandshakeMessageInput;
import org.bouncycastle.tls.HandshakeType;
import org.bouncycastle.tls.ProtocolName;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsServerProtocol;
import org.bouncycastle.tls.TlsUtils;

/**
 * The handshake engine: whole records in, whole records out, and in the end what the session needs. Bouncy Castle's
 * non-blocking server, with its gaps closed. Not thread-safe; may change threads between calls.
 */
final class HandshakeProtocol extends TlsServerProtocol implements HandshakeEngine, HandshakeCrypto.Phases {
    private final HandshakeSettings settings;
    private final HandshakeCrypto crypto;
    private final HandshakeServer server;
    private final MessageLengths lengths;
    private final Flight flight = new Flight();
    private boolean retried;

    private HandshakeProtocol(HandshakeSettings settings) {
        this.settings = settings;
        this.crypto =
                new HandshakeCrypto(Role.SERVER, settings.providers(), settings.keyLog(), PeerCertificate::parse, this);
        this.server = new HandshakeServer(crypto, settings);
        this.lengths = new MessageLengths(settings.maxBytes());
    }

    static HandshakeProtocol start(HandshakeSettings settings) throws IOException {
        HandshakeProtocol protocol = new HandshakeProtocol(settings);
        protocol.accept(protocol.server);
        return protocol;
    }

    /**
     * {@inheritDoc} Bouncy Castle would still accept plaintext handshake messages after the server's flight (RFC 8446
     * §5), and does not know 0-RTT data.
     */
    @Override
    public Verdict verdict(int recordType) {
        boolean awaitsRetry = connection_state == CS_SERVER_HELLO_RETRY_REQUEST;
        if (recordType == ContentType.application_data
                && awaitsRetry
                && server.offer().offersEarlyData()) {
            return Verdict.DROP;
        }
        if (recordType == ContentType.handshake && connection_state >= CS_SERVER_HELLO && !awaitsRetry && isTls13()) {
            return Verdict.REFUSE;
        }
        return Verdict.OFFER;
    }

    @Override
    public boolean isExpensive(int recordType) {
        return settings.isExpensive(recordType);
    }

    @Override
    public void offer(byte[] record) throws IOException {
        offerInput(record, 0, record.length);
        flushMessages();
    }

    @Override
    public TlsFatalAlert refuse(short alert, String message) throws IOException {
        TlsFatalAlert refusal = new TlsFatalAlert(alert, message);
        handleException(alert, message, refusal);
        return refusal;
    }

    @Override
    public boolean isComplete() {
        return server.completed() != null;
    }

    /** The server's choices and alerts. */
    HandshakeServer server() {
        return server;
    }

    /** {@inheritDoc} The server's Finished of TLS 1.2 is written after the engine reports completion. */
    @Override
    public Handshaken handshaken(long rxBytes, long txBytes) {
        SecurityParameters negotiated = server.completed();
        TapCipher cipher = crypto.lastCipher();
        if (negotiated == null || cipher == null || getAvailableOutputBytes() > 0) {
            throw new IllegalStateException("handshake is not complete");
        }
        TlsSuite suite = TlsSuite.of(negotiated.getCipherSuite());
        Group group = server.group();
        ProtocolName protocol = negotiated.getApplicationProtocol();
        Negotiated agreed = new Negotiated(
                suite.version(),
                suite.aead(),
                suite.name(),
                group == null ? null : group.label(),
                server.offer().serverName(),
                protocol == null ? null : protocol.getUtf8Decoding(),
                server.isResumed(),
                server.recordLimit(),
                server.client());
        return Handover.of(agreed, crypto, cipher, rxBytes, txBytes, server.newTickets());
    }

    @Override
    public void destroy() {
        crypto.destroy();
    }

    @Override
    public void onKeyChange() throws IOException {
        flushMessages();
    }

    /** Not after a HelloRetryRequest: data on its way has been dropped by then (RFC 8446 §4.2.10). */
    @Override
    public boolean expectsEarlyData() {
        return server.offer().offersEarlyData() && !retried;
    }

    /** Parsed and checked here: the engine's own parser accepts too much, and also too little. */
    @Override
    protected ClientHello receiveClientHelloMessage(ByteArrayInputStream buf) throws IOException {
        ReceivedHello hello = ReceivedHello.of(buf.readAllBytes());
        retried = connection_state == CS_SERVER_HELLO_RETRY_REQUEST;
        return retried ? server.onSecondClientHello(hello) : server.onFirstClientHello(hello);
    }

    @Override
    protected void processRecord(short type, byte[] buf, int off, int len) throws IOException {
        if (buf == TapCipher.SKIPPED) {
            return;
        }
        if (type == ContentType.handshake) {
            lengths.add(buf, off, len);
        }
        try {
            super.processRecord(type, buf, off, len);
        } catch (IOException | RuntimeException e) {
            throw EngineFailures.blame(e);
        }
    }

    /** RFC 8446 §5.1: messages that change the keys end their record; otherwise a message would span two keys. */
    @Override
    protected void handleHandshakeMessage(short type, HandshakeMessageInput buf) throws IOException {
        int behind = lengths.onMessage(buf.available());
        if (behind != 0 && (type == HandshakeType.client_hello || type == HandshakeType.finished)) {
            throw new TlsFatalAlert(AlertDescription.unexpected_message, behind + " bytes behind message " + type);
        }
        super.handleHandshakeMessage(type, buf);
    }

    @Override
    protected void receive13ClientCertificate(ByteArrayInputStream buf) throws IOException {
        super.receive13ClientCertificate(checkedCertificates(buf, true));
    }

    @Override
    protected void receiveCertificateMessage(ByteArrayInputStream buf) throws IOException {
        super.receiveCertificateMessage(checkedCertificates(buf, false));
    }

    private static ByteArrayInputStream checkedCertificates(ByteArrayInputStream message, boolean tls13)
            throws IOException {
        byte[] body = message.readAllBytes();
        CertificateList.check(body, tls13);
        return new ByteArrayInputStream(body);
    }

    @Override
    protected void writeRecord(short type, byte[] buf, int off, int len) throws IOException {
        if (type == ContentType.handshake) {
            flight.add(buf, off, len);
        } else {
            flushMessages();
            super.writeRecord(type, buf, off, len);
        }
    }

    private void flushMessages() throws IOException {
        if (!flight.isEmpty()) {
            int most = crypto.lastCipher() == null ? server.plaintextLimit() : server.recordLimit();
            flight.flush(most, (content, at, length) -> super.writeRecord(ContentType.handshake, content, at, length));
        }
    }

    private boolean isTls13() {
        return TlsUtils.isTLSv13(getContext().getServerVersion());
    }
}
