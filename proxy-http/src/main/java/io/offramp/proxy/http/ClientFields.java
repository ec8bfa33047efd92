package io.offramp.proxy.http;

import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.net.Cidr;
import io.offramp.proxy.tls.ClientIdentity;
import io.offramp.proxy.tls.Negotiated;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/**
 * What every request of one connection tells an upstream about its client; made once, at the first request. A client
 * certificate that has been verified is told in {@code Client-Cert} (RFC 9440), and for upstreams that do not parse
 * certificates in {@code X-Client-Cert-Subject} (RFC 4514) and {@code X-Client-Cert-Fingerprint} (SHA-256). Without one
 * there are no such fields: a client's own never pass.
 *
 * @param address ASCII: the last value of {@code X-Forwarded-For}, and its line's end
 * @param proto ASCII: the line of {@code X-Forwarded-Proto}
 * @param certificate ASCII: whole lines, or nothing
 * @param trusted whether the client is a proxy whose word on its own clients counts
 */
record ClientFields(byte[] address, byte[] proto, byte[] certificate, boolean trusted) {
    /** Of a client whose handshake, if it made one, is complete. */
    static ClientFields of(Connection connection, List<Cidr> trustedProxies) {
        InetAddress remote = connection.client().getAddress();
        String address = remote.getHostAddress();
        int scope = address.indexOf('%');
        Negotiated tls = connection.tls();
        ClientIdentity client = tls == null ? null : tls.client();
        return new ClientFields(
                ascii((scope < 0 ? address : address.substring(0, scope)) + "\r\n"),
                ascii("X-Forwarded-Proto: " + (tls == null ? "http" : "https") + "\r\n"),
                ascii(client == null ? "" : of(client)),
                trustedProxies.stream().anyMatch(each -> each.contains(remote)));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String of(ClientIdentity client) {
        return "Client-Cert: :" + Base64.getEncoder().encodeToString(client.certificate()) + ":\r\n"
                + "X-Client-Cert-Subject: " + client.subject() + "\r\n"
                + "X-Client-Cert-Fingerprint: " + client.fingerprint() + "\r\n";
    }

    /** Bytes of all. */
    int length() {
        return address.length + proto.length + certificate.length;
    }
}
