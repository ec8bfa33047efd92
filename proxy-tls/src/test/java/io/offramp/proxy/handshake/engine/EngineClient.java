package io.offramp.proxy.handshake.engine;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/** The JDK's client, or Conscrypt's, without a socket: bytes in, bytes out. */
final class EngineClient {
    private final SSLEngine engine;
    private ByteBuffer received = ByteBuffer.allocate(0);

    EngineClient(Consumer<SSLParameters> settings) {
        this(JsseClient.engine(), settings);
    }

    EngineClient(SSLEngine engine, Consumer<SSLParameters> settings) {
        this.engine = engine;
        SSLParameters parameters = engine.getSSLParameters();
        settings.accept(parameters);
        engine.setSSLParameters(parameters);
    }

    static EngineClient of(String version) {
        return new EngineClient(p -> p.setProtocols(new String[] {version}));
    }

    /** BoringSSL's client, which sends a share for X25519MLKEM768 if nothing else is asked of it. */
    static EngineClient conscrypt(Consumer<SSLParameters> settings) {
        return new EngineClient(JsseClient.conscryptEngine(), settings);
    }

    /** The ClientHello, as one record. */
    byte[] hello() throws SSLException {
        engine.beginHandshake();
        return exchange(new byte[0]);
    }

    /** Takes what the server sent, and returns what the client sends then. */
    byte[] exchange(byte[] fromServer) throws SSLException {
        ByteBuffer all = ByteBuffer.allocate(received.remaining() + fromServer.length)
                .put(received)
                .put(fromServer)
                .flip();
        received = all;
        ByteArrayOutputStream toServer = new ByteArrayOutputStream();
        ByteBuffer out = ByteBuffer.allocate(40_000);
        ByteBuffer plain = ByteBuffer.allocate(40_000);
        while (true) {
            HandshakeStatus status = engine.getHandshakeStatus();
            if (status == HandshakeStatus.NEED_TASK) {
                engine.getDelegatedTask().run();
            } else if (status == HandshakeStatus.NEED_WRAP) {
                engine.wrap(ByteBuffer.allocate(0), out.clear());
                toServer.write(out.array(), 0, out.position());
            } else if (received.hasRemaining()) {
                if (engine.unwrap(received, plain.clear()).bytesConsumed() == 0) {
                    return toServer.toByteArray();
                }
            } else {
                return toServer.toByteArray();
            }
        }
    }

    /** Application data as records. */
    byte[] seal(byte[] data) throws SSLException {
        ByteBuffer in = ByteBuffer.wrap(data);
        ByteArrayOutputStream records = new ByteArrayOutputStream();
        ByteBuffer out = ByteBuffer.allocate(40_000);
        while (in.hasRemaining()) {
            engine.wrap(in, out.clear());
            records.write(out.array(), 0, out.position());
        }
        return records.toByteArray();
    }

    SSLEngine engine() {
        return engine;
    }
}
