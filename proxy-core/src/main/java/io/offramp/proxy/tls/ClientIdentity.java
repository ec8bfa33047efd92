package io.offramp.proxy.tls;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/**
 * The proved identity of a client: its certificate, with a path to a certificate that the listener trusts. All texts
 * are printable ASCII.
 *
 * @param subject RFC 4514, {@code CN=Alice,O=Example}; bytes that are not printable ASCII are escaped, {@code \C3\A9}
 * @param issuer likewise
 * @param serial of the certificate, hexadecimal in lower case
 * @param fingerprint SHA-256 of the certificate, hexadecimal in lower case
 * @param notAfter earliest expiry of the certificates in the path
 * @param path DER of the path, the client's own first, without the trusted one at its end; at least one; do not change
 */
public record ClientIdentity(
        String subject, String issuer, String serial, String fingerprint, Instant notAfter, List<byte[]> path) {
    /** The identity of a verified path. */
    public static ClientIdentity of(List<X509Certificate> path, Instant notAfter) throws GeneralSecurityException {
        X509Certificate own = path.getFirst();
        List<byte[]> der = new ArrayList<>(path.size());
        for (X509Certificate certificate : path) {
            der.add(certificate.getEncoded());
        }
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(der.getFirst());
        return new ClientIdentity(
                subject(own),
                text(own.getIssuerX500Principal()),
                own.getSerialNumber().toString(16),
                HexFormat.of().formatHex(digest),
                notAfter,
                List.copyOf(der));
    }

    /** DER of the client's own certificate; do not change. */
    public byte[] certificate() {
        return path.getFirst();
    }

    /** The subject in printable ASCII. */
    public static String subject(X509Certificate certificate) {
        return text(certificate.getSubjectX500Principal());
    }

    /** A name in printable ASCII. */
    public static String text(X500Principal name) {
        return printable(name.getName(X500Principal.RFC2253));
    }

    /**
     * Adds RFC 4514 §2.4 escapes, because the JDK keeps control characters, which could end a header field or a log
     * line.
     */
    public static String printable(String any) {
        StringBuilder text = new StringBuilder(any.length());
        for (byte b : any.getBytes(StandardCharsets.UTF_8)) {
            if (b >= ' ' && b < 0x7f) {
                text.append((char) b);
            } else {
                text.append('\\').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        return text.toString();
    }
}
