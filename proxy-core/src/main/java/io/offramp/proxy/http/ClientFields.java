package io.offramp.proxy.http;

import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.handshake.ClientIdentity;
import io.offramp.proxy.handshake.Negotiated;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * What every request of one connection tells an upstream about its client; made once, at the first request. A client certificate that
 * has been verified is told in {@code Client-Cert} (RFC 9440), and for upstreams that do not parse certificates in {@code
 * X-Client-Cert-Subject} (RFC 4514) and {@code X-Client-Cert-Fingerprint} (SHA-256). Without one there are no such fields: a client's
 * own never pass.
 *
 * @param fields ASCII; begins behind the name of {@code X-Forwarded-For} with its last value, the following lines are whole
 */
record ClientFields(byte[] fields) {
    /** Of a client whose handshake, if it made one, is complete. */
    static ClientFields of(Connection connection) {
        String address = connection.remote().getAddress().getHostAddress();
        int scope = address.indexOf('%');
        Negotiated tls = connection.tls();
        String text = (scope < 0 ? address : address.substring(0, scope)) + "\r\nX-Forwarded-Proto: "
                + (tls == null ? "http" : "https") + "\r\n";
        ClientIdentity client = tls == null ? null : tls.client();
        return new ClientFields((client == null ? text : text + of(client)).getBytes(StandardCharsets.US_ASCII));
    }

    private static String of(ClientIdentity client) {
        return "Client-Cert: :" + Base64.getEncoder().encodeToString(client.certificate()) + ":\r\n"
                + "X-Client-Cert-Subject: " + client.subject() + "\r\n"
                + "X-Client-Cert-Fingerprint: " + client.fingerprint() + "\r\n";
    }
}
