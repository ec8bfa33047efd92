package io.offramp.proxy.exchange;

import io.netty.util.AsciiString;
import io.offramp.proxy.message.ClientFields;
import io.offramp.proxy.message.Field;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.Forwarding;
import io.offramp.proxy.message.Head;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.message.RequestIds;
import io.offramp.proxy.message.Version;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * Fields that this proxy sets in each request, for any version of HTTP towards the server: about the client, behind
 * those of a trusted proxy, else as the first proxy; {@code Max-Forwards}; {@code Via}. Pure functions.
 */
public final class AddedFields {
    private static final AsciiString[] VIA = via();
    private static final byte[] PORT = "x-forwarded-port".getBytes(StandardCharsets.US_ASCII);

    private AddedFields() {}

    /** Names of these fields. */
    public enum Name {
        CLIENT_CERT("Client-Cert"),
        FORWARDED("Forwarded"),
        MAX_FORWARDS("Max-Forwards"),
        TRACEPARENT("traceparent"),
        VIA("Via"),
        X_CLIENT_CERT_FINGERPRINT("X-Client-Cert-Fingerprint"),
        X_CLIENT_CERT_SUBJECT("X-Client-Cert-Subject"),
        X_FORWARDED_FOR("X-Forwarded-For"),
        X_FORWARDED_HOST("X-Forwarded-Host"),
        X_FORWARDED_PORT("X-Forwarded-Port"),
        X_FORWARDED_PROTO("X-Forwarded-Proto"),
        X_REQUEST_ID("X-Request-Id");

        private final byte[] line;
        private final AsciiString lower;

        Name(String name) {
            line = (name + ": ").getBytes(StandardCharsets.US_ASCII);
            lower = AsciiString.cached(name.toLowerCase(Locale.ROOT));
        }

        /** With a colon and a space; not to be changed. */
        public byte[] line() {
            return line;
        }

        /** In lower case. */
        public AsciiString lower() {
            return lower;
        }
    }

    /** Takes one field after another. */
    public interface Sink {
        /** @param value immutable, ISO 8859-1 */
        void add(Name name, CharSequence value);
    }

    private static AsciiString[] via() {
        Version[] versions = Version.values();
        AsciiString[] values = new AsciiString[versions.length];
        for (Version version : versions) {
            values[version.ordinal()] = AsciiString.cached(version.number() + " offramp");
        }
        return values;
    }

    /** Gives the fields of a request. */
    public static void of(RequestHead request, ClientFields client, Sink out) {
        Head message = request.message();
        Fields fields = message.fields();
        long forwards = MaxForwards.of(message);
        if (forwards != MaxForwards.NONE) {
            out.add(Name.MAX_FORWARDS, Long.toString(forwards - 1));
        }
        Forwarding forwarding = client.forwarding();
        if (forwarding.xForwarded()) {
            addXForwarded(request, client, out);
        }
        if (forwarding.forwarded()) {
            out.add(Name.FORWARDED, forwarded(request, client));
        }
        if (forwarding.requestId()) {
            out.add(Name.X_REQUEST_ID, RequestIds.id(fields, client));
        }
        if (forwarding.trace() && !RequestIds.isTraced(request, client)) {
            out.add(Name.TRACEPARENT, RequestIds.trace(fields));
        }
        ClientFields.Certificate certificate = client.certificate();
        if (certificate != null) {
            out.add(Name.CLIENT_CERT, certificate.value());
            out.add(Name.X_CLIENT_CERT_SUBJECT, certificate.subject());
            out.add(Name.X_CLIENT_CERT_FINGERPRINT, certificate.fingerprint());
        }
        out.add(Name.VIA, VIA[message.version().ordinal()]);
    }

    private static void addXForwarded(RequestHead request, ClientFields client, Sink out) {
        Fields fields = request.fields();
        boolean trusted = client.trusted();
        out.add(Name.X_FORWARDED_FOR, trusted ? behind(fields, client) : client.address());
        if (!trusted || !fields.has(Field.X_FORWARDED_PROTO)) {
            out.add(Name.X_FORWARDED_PROTO, client.proto());
        }
        String authority = request.target().authority();
        if (authority != null && (!trusted || !fields.has(Field.X_FORWARDED_HOST))) {
            out.add(Name.X_FORWARDED_HOST, authority);
            int port = authority.lastIndexOf(':') + 1;
            if (port > 0 && port < authority.length() && !authority.endsWith("]") && !hasPort(fields, trusted)) {
                out.add(Name.X_FORWARDED_PORT, authority.substring(port));
            }
        }
    }

    private static String forwarded(RequestHead request, ClientFields client) {
        List<String> before =
                client.trusted() ? ForwardedHops.ofElements(request.fields().all(Field.FORWARDED)) : null;
        String own = ForwardedHops.element(client.address(), request.target().authority(), client.proto());
        return ForwardedHops.join(before, client.forwarding().hops(), own);
    }

    /** Servers that look at the port alone take the scheme's own where there is none. */
    private static boolean hasPort(Fields fields, boolean trusted) {
        return trusted && fields.hasName(PORT);
    }

    private static CharSequence behind(Fields fields, ClientFields client) {
        if (!fields.has(Field.X_FORWARDED_FOR)) {
            return client.address();
        }
        List<String> hops = ForwardedHops.ofList(fields.all(Field.X_FORWARDED_FOR));
        return ForwardedHops.join(
                hops, client.forwarding().hops(), client.address().toString());
    }
}
