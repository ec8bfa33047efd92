package io.offramp.proxy.message;

import io.netty.util.AsciiString;
import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.net.Cidr;
import io.offramp.proxy.tls.ClientIdentity;
import io.offramp.proxy.tls.Negotiated;
import java.net.InetAddress;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Fields about the client in every request of one connection to a server; made once, at the first request. A verified
 * client certificate stands in {@code Client-Cert} (RFC 9440), and for servers that do not parse certificates in
 * {@code X-Client-Cert-Subject} (RFC 4514) and {@code X-Client-Cert-Fingerprint} (SHA-256). Without one there are no
 * such fields: a client's own never pass. All values are ASCII.
 *
 * @param address the last value of {@code X-Forwarded-For}
 * @param proto of {@code X-Forwarded-Proto}
 * @param certificate null if the client has shown none
 * @param source of its requests
 * @param trusted whether the client is a proxy whose word on its own clients counts
 * @param forwarding which of this servers get
 */
public record ClientFields(
        AsciiString address,
        AsciiString proto,
        @Nullable Certificate certificate,
        ClientAddress source,
        boolean trusted,
        Forwarding forwarding) {
    /** Bytes of the names of a certificate's fields, with colons and line ends. */
    private static final int CERTIFICATE_NAME_BYTES = 80;

    /**
     * Of a client certificate.
     *
     * @param value of {@code Client-Cert}
     * @param subject its name
     * @param fingerprint its hash
     */
    public record Certificate(AsciiString value, AsciiString subject, AsciiString fingerprint) {
        private static Certificate of(ClientIdentity client) {
            return new Certificate(
                    ascii(":" + Base64.getEncoder().encodeToString(client.certificate()) + ":"),
                    ascii(client.subject()),
                    ascii(client.fingerprint()));
        }

        private int length() {
            return CERTIFICATE_NAME_BYTES + value.length() + subject.length() + fingerprint.length();
        }
    }

    /** With the default of what servers get. */
    public static ClientFields of(Connection connection, List<Cidr> trustedProxies) {
        return of(connection, trustedProxies, Forwarding.DEFAULTS);
    }

    /** Of a client whose handshake, if it made one, is complete. */
    public static ClientFields of(Connection connection, List<Cidr> trustedProxies, Forwarding forwarding) {
        InetAddress remote = connection.client().getAddress();
        String address = remote.getHostAddress();
        int scope = address.indexOf('%');
        Negotiated tls = connection.tls();
        ClientIdentity client = tls == null ? null : tls.client();
        ClientAddress source = new ClientAddress(remote, trustedProxies);
        return new ClientFields(
                ascii(scope < 0 ? address : address.substring(0, scope)),
                ascii(tls == null ? "http" : "https"),
                client == null ? null : Certificate.of(client),
                source,
                source.isProxy(),
                forwarding);
    }

    private static AsciiString ascii(String text) {
        return new AsciiString(text);
    }

    /** Bytes of the values, and of what names a certificate needs: about what they take as lines. */
    public int length() {
        return address.length() + proto.length() + (certificate == null ? 0 : certificate.length());
    }
}
