package io.offramp.proxy.message;

import io.netty.util.AsciiString;
import java.util.Arrays;

/** Names of fields in lower case. Known ones are shared objects, which have their hash once it was asked for. */
final class FieldNames {
    private static final int SLOTS = 512;
    private static final AsciiString[][] KNOWN = new AsciiString[SLOTS][];

    static {
        String names = """
                accept accept-charset accept-encoding accept-language accept-ranges access-control-allow-credentials
                access-control-allow-headers access-control-allow-methods access-control-allow-origin
                access-control-expose-headers access-control-max-age access-control-request-headers
                access-control-request-method age allow alt-svc authorization cache-control client-cert connection
                content-disposition content-encoding content-language content-length content-location content-range
                content-security-policy content-type cookie cross-origin-opener-policy cross-origin-resource-policy
                date dnt early-data etag expect expires forwarded from grpc-accept-encoding grpc-encoding grpc-message
                grpc-status grpc-status-details-bin grpc-timeout host if-match if-modified-since if-none-match if-range
                if-unmodified-since keep-alive last-modified link location max-forwards origin permissions-policy
                pragma priority proxy-authenticate proxy-authorization proxy-status range referer referrer-policy
                refresh retry-after sec-ch-ua sec-ch-ua-mobile sec-ch-ua-platform sec-fetch-dest sec-fetch-mode
                sec-fetch-site sec-fetch-user sec-websocket-accept sec-websocket-extensions sec-websocket-key
                sec-websocket-protocol sec-websocket-version server server-timing set-cookie strict-transport-security
                te timing-allow-origin traceparent tracestate trailer transfer-encoding upgrade
                upgrade-insecure-requests user-agent vary via www-authenticate x-client-cert-fingerprint
                x-client-cert-subject x-content-type-options x-correlation-id x-forwarded-for x-forwarded-host
                x-forwarded-port x-forwarded-proto x-frame-options x-powered-by x-real-ip x-request-id
                x-requested-with x-xss-protection
                """;
        for (String name : names.strip().split("\\s+")) {
            AsciiString known = AsciiString.cached(name);
            int slot = slot(known.array(), 0, known.length());
            AsciiString[] others = KNOWN[slot] == null ? new AsciiString[0] : KNOWN[slot];
            AsciiString[] all = Arrays.copyOf(others, others.length + 1);
            all[others.length] = known;
            KNOWN[slot] = all;
        }
    }

    private FieldNames() {}

    /** The name between two places of an array that does not change any more. */
    static AsciiString lower(byte[] in, int from, int to) {
        AsciiString[] slot = from < to ? KNOWN[slot(in, from, to)] : null;
        if (slot != null) {
            for (AsciiString known : slot) {
                if (known.length() == to - from && Ascii.matches(in, from, known.array())) {
                    return known;
                }
            }
        }
        byte[] name = new byte[to - from];
        for (int i = 0; i < name.length; i++) {
            byte b = in[from + i];
            name[i] = b >= 'A' && b <= 'Z' ? (byte) (b | Ascii.CASE) : b;
        }
        return new AsciiString(name, false);
    }

    private static int slot(byte[] in, int from, int to) {
        int first = in[from] | Ascii.CASE;
        int middle = in[(from + to) >>> 1] | Ascii.CASE;
        int last = in[to - 1] | Ascii.CASE;
        return (first * 31 + middle * 7 + last * 3 + (to - from) * 61) & SLOTS - 1;
    }
}
