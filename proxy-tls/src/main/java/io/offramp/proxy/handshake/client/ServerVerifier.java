package io.offramp.proxy.handshake.client;

import io.netty.util.NetUtil;
import io.offramp.proxy.tls.ClientIdentity;
import java.net.InetAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.jspecify.annotations.Nullable;

/**
 * Verifies a server's certificate: its path, that it is for servers, and its name. Only the subject alternative names
 * count, never the common name (RFC 9525 §6.3). Takes a millisecond or more, so it must not run on an event loop. Only
 * the handshake's signature shows whether the server has the key.
 */
public final class ServerVerifier {
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    /** Of a certificate's names in a message; some have a hundred. */
    private static final int MAX_SHOWN = 5;

    private final PathVerifier paths;
    private final PeerName expected;
    private final @Nullable RevocationLists lists;
    private final Instant now;

    public ServerVerifier(Trust trust, PeerName expected, Instant now) {
        this.paths = new PathVerifier(trust, Purpose.SERVER, now);
        this.expected = expected;
        this.lists = trust.lists();
        this.now = now;
    }

    /**
     * Accepts the server, or refuses it.
     *
     * @param message as the server sent it, not empty
     * @return when the first of its path expires, or the first of the revocation lists by which it is good
     */
    public Instant verify(Certificate message) throws CertificateRefusal {
        return verify(PeerCertificate.allOf(message));
    }

    Instant verify(List<X509Certificate> sent) throws CertificateRefusal {
        PathVerifier.Verified verified = paths.verify(sent);
        checkName(sent.getFirst());
        Instant notAfter = verified.notAfter();
        if (lists == null) {
            return notAfter;
        }
        Instant nextUpdate = lists.currentUntil(verified.certificates(), now);
        return nextUpdate.isBefore(notAfter) ? nextUpdate : notAfter;
    }

    private void checkName(X509Certificate own) throws CertificateRefusal {
        List<String> names = new ArrayList<>();
        for (List<?> each : alternativeNames(own)) {
            if (matches((int) each.get(0), each.get(1))) {
                return;
            }
            if (each.get(1) instanceof String name) {
                names.add(name);
            }
        }
        String subject = ClientIdentity.subject(own);
        throw refusal(
                names.isEmpty()
                        ? subject + ": has no subject alternative name, and its common name does not count"
                        : subject + ": is for " + shown(names) + ", not for " + expected);
    }

    private static Collection<List<?>> alternativeNames(X509Certificate own) throws CertificateRefusal {
        try {
            @Nullable Collection<List<?>> names = own.getSubjectAlternativeNames();
            return names == null ? List.of() : names;
        } catch (CertificateParsingException e) {
            throw refusal(ClientIdentity.subject(own) + ": subject alternative names do not parse");
        }
    }

    private boolean matches(int type, @Nullable Object value) {
        InetAddress address = expected.address();
        if (address != null) {
            return type == IP_ADDRESS
                    && value instanceof String text
                    && address.equals(NetUtil.createInetAddressFromIpAddressString(text));
        }
        return type == DNS_NAME && value instanceof String name && matches(name.toLowerCase(Locale.ROOT));
    }

    /** RFC 9525 §6.3: a wildcard is the whole first label, and stands for exactly one. */
    private boolean matches(String pattern) {
        String name = expected.text();
        if (!pattern.startsWith("*.")) {
            return pattern.equals(name);
        }
        int dot = name.indexOf('.');
        return dot > 0
                && pattern.indexOf('.', 2) > 0
                && pattern.regionMatches(1, name, dot, name.length() - dot)
                && pattern.length() - 1 == name.length() - dot;
    }

    private static String shown(List<String> names) {
        return names.size() <= MAX_SHOWN
                ? String.join(", ", names)
                : String.join(", ", names.subList(0, MAX_SHOWN)) + " and " + (names.size() - MAX_SHOWN) + " more";
    }

    private static CertificateRefusal refusal(String detail) {
        return new CertificateRefusal(CertificateFault.NAME, AlertDescription.bad_certificate, detail);
    }
}
