package io.offramp.proxy.handshake.engine;

import io.offramp.offload.record.RecordFormat;
import io.offramp.proxy.handshake.client.CertificateList;
import io.offramp.proxy.handshake.client.PeerCertificate;
import io.offramp.proxy.handshake.crypto.Group;
import io.offramp.proxy.handshake.crypto.HandshakeCrypto;
import io.offramp.proxy.handshake.crypto.TapCipher;
import io.offramp.proxy.handshake.crypto.TlsSuite;
import io.offramp.proxy.tls.HandshakeFailure;
import io.offramp.proxy.tls.HandshakeFailure.Reason;
import io.offramp.proxy.tls.Handshaken;
import io.offramp.proxy.tls.Negotiated;
import io.offramp.proxy.tls.PeerAlertException;
import io.offramp.proxy.tls.Role;
import java.io.IOException;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.ContentType;
import org.bouncycastle.tls.HandshakeMessageInput;
import org.bouncycastle.tls.HandshakeType;
import org.bouncycastle.tls.ProtocolName;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsFatalAlertReceived;
import org.bouncycastle.tls.TlsUtils;

/** The handshake engine towards a server: Bouncy Castle's non-blocking client, with its gaps closed. */
final class ClientProtocol extends TlsClientProtocol implements HandshakeEngine, HandshakeCrypto.Phases {
    private final ClientHandshake target;
    private final HandshakeCrypto crypto;
    private final HandshakeClient client;
    private final MessageLengths lengths;
    private final Flight flight = new Flight();

    private ClientProtocol(ClientHandshake target) {
        this.target = target;
        this.crypto = new HandshakeCrypto(
                Role.CLIENT, target.settings().providers(), target.settings().keyLog(), PeerCertificate::parse, this);
        this.client = new HandshakeClient(crypto, target);
        this.lengths = new MessageLengths(target.maxBytes());
    }

    /** With the ClientHello in its output. */
    static ClientProtocol start(ClientHandshake target) throws IOException {
        ClientProtocol protocol = new ClientProtocol(target);
        try {
            protocol.connect(protocol.client);
            protocol.flushMessages();
            return protocol;
        } catch (IOException | RuntimeException | Error e) {
            protocol.destroy();
            throw e;
        }
    }

    /** {@inheritDoc} Behind the ServerHello of TLS 1.3, handshake messages are encrypted (RFC 8446 §5). */
    @Override
    public Verdict verdict(int recordType) {
        boolean encrypted = connection_state >= CS_SERVER_HELLO && isTls13();
        return recordType == ContentType.handshake && encrypted ? Verdict.REFUSE : Verdict.OFFER;
    }

    /** {@inheritDoc} A server's path is verified with the record that brings it; a resumed session has none. */
    @Override
    public boolean isExpensive(int recordType) {
        return (recordType == ContentType.handshake || recordType == ContentType.application_data)
                && !client.isResumed();
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
        return client.completed() != null;
    }

    @Override
    public Handshaken handshaken(long rxBytes, long txBytes) {
        SecurityParameters negotiated = client.completed();
        TapCipher cipher = crypto.lastCipher();
        if (negotiated == null || cipher == null || getAvailableOutputBytes() > 0) {
            throw new IllegalStateException("handshake is not complete");
        }
        TlsSuite suite = TlsSuite.of(negotiated.getCipherSuite());
        Group group = client.group();
        ProtocolName protocol = negotiated.getApplicationProtocol();
        Negotiated agreed = new Negotiated(
                suite.version(),
                suite.aead(),
                suite.name(),
                group == null ? null : group.label(),
                target.name().sni(),
                protocol == null ? null : protocol.getUtf8Decoding(),
                client.isResumed(),
                RecordFormat.MAX_PLAINTEXT_BYTES,
                null);
        return Handover.of(agreed, crypto, cipher, rxBytes, txBytes, new byte[0])
                .withOffers(client.takeOffers());
    }

    /** {@inheritDoc} Before TLS 1.3, no alert is the one for want of a certificate: servers choose. */
    @Override
    public HandshakeFailure explain(TlsFatalAlertReceived alert, HandshakeFailure failure) {
        short code = alert.getAlertDescription();
        boolean certificate = PeerAlertException.isOfCertificate(code);
        boolean missing = client.shown() == HandshakeClient.Shown.NOTHING;
        if (missing && (certificate || code == AlertDescription.handshake_failure)) {
            String detail = failure.detail() + ", behind a request for a certificate";
            return new HandshakeFailure(Reason.CERTIFICATE_DEMANDED, detail);
        }
        return certificate && client.shown() == HandshakeClient.Shown.CERTIFICATE
                ? new HandshakeFailure(Reason.CERTIFICATE_REFUSED, failure.detail())
                : failure;
    }

    @Override
    public void onBroken() {
        client.onBroken();
    }

    @Override
    public void destroy() {
        client.destroy();
        crypto.destroy();
    }

    @Override
    public void onKeyChange() throws IOException {
        flushMessages();
    }

    @Override
    public boolean expectsEarlyData() {
        return false;
    }

    /** The engine gives every PSK the age 0, as for external ones (RFC 8446 §4.2.11). The binders cover the age. */
    @Override
    protected void sendClientHelloMessage() throws IOException {
        byte[] offered = TlsUtils.getExtensionData(clientExtensions, TlsExtensionsUtils.EXT_pre_shared_key);
        if (offered != null) {
            client.putTicketAge(offered);
        }
        super.sendClientHelloMessage();
    }

    @Override
    protected void processRecord(short type, byte[] buf, int off, int len) throws IOException {
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
        if (type == HandshakeType.certificate) {
            MessageCopy copy = new MessageCopy();
            buf.updateHash(copy);
            CertificateList.check(copy.body(), isTls13());
        }
        if (type == HandshakeType.finished) {
            requireNone(behind, type);
        }
        super.handleHandshakeMessage(type, buf);
        if (type == HandshakeType.server_hello && isTls13()) {
            requireNone(behind, type);
        }
    }

    private static void requireNone(int behind, short type) throws TlsFatalAlert {
        if (behind != 0) {
            throw new TlsFatalAlert(AlertDescription.unexpected_message, behind + " bytes behind message " + type);
        }
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
            flight.flush(
                    RecordFormat.MAX_PLAINTEXT_BYTES,
                    (content, at, length) -> super.writeRecord(ContentType.handshake, content, at, length));
        }
    }

    private boolean isTls13() {
        return connection_state > CS_CLIENT_HELLO
                && TlsUtils.isTLSv13(getContext().getServerVersion());
    }
}
