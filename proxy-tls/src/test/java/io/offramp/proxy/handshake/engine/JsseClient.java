package io.offramp.proxy.handshake.engine;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.conscrypt.Conscrypt;

/** The JDK's client, trusting everybody. */
final class JsseClient {
    private static final SSLContext CONTEXT = context();

    private JsseClient() {}

    /** Connected and past the handshake; with SNI {@code localhost} unless {@code settings} say otherwise. */
    static SSLSocket connect(int port, Consumer<SSLParameters> settings) throws IOException {
        return connect(CONTEXT, port, settings);
    }

    /** The same with BoringSSL's client. */
    static SSLSocket connectConscrypt(int port, Consumer<SSLParameters> settings) throws IOException {
        return connect(conscrypt(), port, settings);
    }

    private static SSLSocket connect(SSLContext context, int port, Consumer<SSLParameters> settings)
            throws IOException {
        Socket plain = new Socket(InetAddress.getLoopbackAddress(), port);
        plain.setSoTimeout(10_000);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName("localhost")));
        settings.accept(parameters);
        socket.setSSLParameters(parameters);
        try {
            socket.startHandshake();
        } catch (IOException e) {
            plain.close();
            throw e;
        }
        return socket;
    }

    /** Sends and reads back as many bytes. */
    static byte[] echo(SSLSocket socket, byte[] data) throws IOException {
        socket.getOutputStream().write(data);
        socket.getOutputStream().flush();
        return socket.getInputStream().readNBytes(data.length);
    }

    /** Without a host, which would be the key of a session cache. */
    static SSLEngine engine() {
        SSLEngine engine = CONTEXT.createSSLEngine();
        engine.setUseClientMode(true);
        return engine;
    }

    static SSLEngine conscryptEngine() {
        SSLEngine engine = conscrypt().createSSLEngine();
        engine.setUseClientMode(true);
        return engine;
    }

    private static SSLContext conscrypt() {
        try {
            SSLContext context = SSLContext.getInstance("TLS", Conscrypt.newProvider());
            context.init(null, new TrustManager[] {new TrustsAll()}, new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static SSLContext context() {
        SSLContext context = resumingContext();
        context.getClientSessionContext().setSessionTimeout(1);
        return context;
    }

    /** With a session cache of its own. */
    static SSLContext resumingContext() {
        return TrustsAll.context();
    }
}
