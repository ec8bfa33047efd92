package io.offramp.proxy.handshake.engine;

import java.util.BitSet;
import java.util.Locale;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsFatalAlert;
import org.jspecify.annotations.Nullable;

/**
 * The extensions of a ClientHello that this server uses, in which version, and their permitted content. All others are
 * dropped unread: a server ignores what it does not recognise (RFC 8446 §4.1.2), and extensions of other versions are
 * treated alike.
 */
enum HelloExtension {
    /** RFC 6066 §3: names of any octets. One that is not a host name matches none, see {@link ServerName}. */
    SERVER_NAME(0, Use.ALWAYS, HelloExtension::serverNames),
    /** RFC 6066 §4. */
    MAX_FRAGMENT_LENGTH(1, Use.ALWAYS, HelloExtension::fragmentLength),
    /** RFC 6066 §8: the accepted responders are not checked, since there is one response. */
    STATUS_REQUEST(5, Use.ALWAYS, HelloExtension::statusRequest),
    /** RFC 8446 §4.2.7, RFC 8422 §5.1.1. */
    SUPPORTED_GROUPS(10, Use.ALWAYS, HelloExtension::numbers),
    /** RFC 8422 §5.1.2; TLS 1.3 has none (RFC 8446 §4.2.8.2). */
    EC_POINT_FORMATS(11, Use.TLS_1_2, HelloExtension::pointFormats),
    /** RFC 8446 §4.2.3, RFC 5246 §7.4.1.4.1. */
    SIGNATURE_ALGORITHMS(13, Use.ALWAYS, HelloExtension::numbers),
    /** RFC 7301 §3.1: names of any octets, at least one. */
    PROTOCOL_NAMES(16, Use.ALWAYS, HelloExtension::protocolNames),
    /** RFC 7627 §5.1. */
    EXTENDED_MASTER_SECRET(23, Use.TLS_1_2, HelloExtension::nothing),
    /** RFC 8449 §4: there is no upper bound that a server may enforce. */
    RECORD_SIZE_LIMIT(28, Use.ALWAYS, HelloExtension::recordSizeLimit),
    /** RFC 5077 §3.2: opaque to all but its maker. */
    SESSION_TICKET(35, Use.TLS_1_2, HelloReader::whole),
    /** RFC 8446 §4.2.11: one binder for each identity. */
    PRE_SHARED_KEY(41, Use.TLS_1_3, HelloExtension::preSharedKeys),
    /** RFC 8446 §4.2.10. */
    EARLY_DATA(42, Use.TLS_1_3, HelloExtension::nothing),
    /** RFC 8446 §4.2.1: {@link ClientHelloChecks} has chosen by it, so the engine gets the choice. */
    SUPPORTED_VERSIONS(43, Use.TLS_1_3, in -> new byte[] {2, 3, 4}),
    /** RFC 8446 §4.2.2. */
    COOKIE(44, Use.TLS_1_3, HelloExtension::cookie),
    /** RFC 8446 §4.2.9. */
    PSK_KEY_EXCHANGE_MODES(45, Use.TLS_1_3, HelloExtension::modes),
    /** RFC 8446 §4.2.8. */
    KEY_SHARE(51, Use.TLS_1_3, HelloExtension::keyShares),
    /** RFC 5746 §3.2: the engine compares it. */
    RENEGOTIATION_INFO(0xff01, Use.TLS_1_2, HelloReader::whole);

    private enum Use {
        ALWAYS,
        TLS_1_2,
        TLS_1_3
    }

    /** Checks the content, and returns what the engine gets of it; null for nothing. */
    @FunctionalInterface
    private interface Content {
        byte @Nullable [] proven(HelloReader in) throws TlsFatalAlert;
    }

    private static final HelloExtension[] ALL = values();
    private static final int OCSP = 1;
    private static final int MAX_FRAGMENT_CODE = 4;
    private static final int MIN_RECORD_SIZE_LIMIT = 64;
    private static final int MIN_BINDER_BYTES = 32;

    private final int type;
    private final String label = name().toLowerCase(Locale.ROOT);
    private final Use use;
    private final Content content;

    HelloExtension(int type, Use use, Content content) {
        this.type = type;
        this.use = use;
        this.content = content;
    }

    /** Null for an extension that is not used here. */
    static @Nullable HelloExtension of(int type) {
        for (HelloExtension extension : ALL) {
            if (extension.type == type) {
                return extension;
            }
        }
        return null;
    }

    /** The number on the wire. */
    int type() {
        return type;
    }

    /** Whether it has a meaning in this version. */
    boolean isUsedIn(boolean tls13) {
        return use == Use.ALWAYS || (use == Use.TLS_1_3) == tls13;
    }

    /**
     * What the engine gets of it; null for nothing.
     *
     * @throws TlsFatalAlert decode_error if its form is wrong (RFC 8446 §6.2), illegal_parameter if its content is not
     *     allowed
     */
    byte @Nullable [] proven(byte[] received) throws TlsFatalAlert {
        return content.proven(new HelloReader(label, received));
    }

    /**
     * "The ServerNameList MUST NOT contain more than one name of the same name_type." All types have a length of 16
     * bits.
     */
    private static byte[] serverNames(HelloReader in) throws TlsFatalAlert {
        BitSet types = new BitSet();
        HelloReader names = in.only16(1);
        while (names.hasMore()) {
            int type = names.uint8();
            names.skip16(1);
            if (types.get(type)) {
                throw illegal("server_name: two names of type " + type);
            }
            types.set(type);
        }
        return in.whole();
    }

    /**
     * "If a server receives a maximum fragment length negotiation request for a value other than the allowed values":
     * illegal_parameter.
     */
    private static byte[] fragmentLength(HelloReader in) throws TlsFatalAlert {
        int code = in.uint8();
        in.end();
        if (code == 0 || code > MAX_FRAGMENT_CODE) {
            throw illegal("max_fragment_length: code " + code);
        }
        return in.whole();
    }

    private static byte @Nullable [] statusRequest(HelloReader in) throws TlsFatalAlert {
        if (in.uint8() != OCSP) {
            return null;
        }
        in.skip16(0);
        in.skip16(0);
        in.end();
        return new byte[] {OCSP, 0, 0, 0, 0};
    }

    private static byte[] numbers(HelloReader in) throws TlsFatalAlert {
        in.only16(2).requireUint16s();
        return in.whole();
    }

    /** A client that sends it MUST take uncompressed points. */
    private static byte[] pointFormats(HelloReader in) throws TlsFatalAlert {
        HelloReader formats = in.only8(1);
        while (formats.hasMore()) {
            if (formats.uint8() == 0) {
                return in.whole();
            }
        }
        throw illegal("ec_point_formats: no uncompressed points");
    }

    private static byte[] protocolNames(HelloReader in) throws TlsFatalAlert {
        HelloReader names = in.only16(2);
        while (names.hasMore()) {
            names.skip8(1);
        }
        return in.whole();
    }

    private static byte[] nothing(HelloReader in) throws TlsFatalAlert {
        in.end();
        return in.whole();
    }

    private static byte[] recordSizeLimit(HelloReader in) throws TlsFatalAlert {
        int limit = in.uint16();
        in.end();
        if (limit < MIN_RECORD_SIZE_LIMIT) {
            throw illegal("record_size_limit: " + limit);
        }
        return in.whole();
    }

    private static byte[] preSharedKeys(HelloReader in) throws TlsFatalAlert {
        int surplus = 0;
        HelloReader identities = in.part16("PSK identities", 7);
        for (; identities.hasMore(); surplus++) {
            identities.skip16(1);
            identities.skip(4); // obfuscated_ticket_age
        }
        HelloReader binders = in.only16(1 + MIN_BINDER_BYTES);
        for (; binders.hasMore(); surplus--) {
            binders.skip8(MIN_BINDER_BYTES);
        }
        if (surplus != 0) {
            throw illegal("pre_shared_key: numbers of identities and binders differ");
        }
        return in.whole();
    }

    private static byte[] cookie(HelloReader in) throws TlsFatalAlert {
        in.only16(1);
        return in.whole();
    }

    private static byte[] modes(HelloReader in) throws TlsFatalAlert {
        in.only8(1);
        return in.whole();
    }

    private static byte[] keyShares(HelloReader in) throws TlsFatalAlert {
        HelloReader shares = in.only16(0);
        while (shares.hasMore()) {
            shares.skip(2);
            shares.skip16(1);
        }
        return in.whole();
    }

    private static TlsFatalAlert illegal(String why) {
        return new TlsFatalAlert(AlertDescription.illegal_parameter, why);
    }
}
