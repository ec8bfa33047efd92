package io.offramp.proxy.access;

import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.exchange.AccessEntry;
import io.offramp.proxy.tls.ClientIdentity;
import io.offramp.proxy.tls.Negotiated;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One exchange as {@code key=value} pairs (logfmt), always these and in this order:
 *
 * <pre>
 * id=7 listener=web peer=192.0.2.7:51234 method=GET target="/a?b=c" host=example.com status=200 in=0 out=1024 ms=0.412
 * upstream=127.0.0.1:8080 sni=example.com version=1.3 cipher=aes-gcm-128 resumed=false client="CN=Alice"
 * fingerprint=2f8a… txconf=hw rxconf=sw txwhy=configured rxwhy="device declined: no TIR left" abort=-
 * </pre>
 *
 * <p>{@code in} and {@code out} are body bytes from and to the client. {@code version} to {@code rxwhy} are the fields
 * of {@code ss -ti} for kernel TLS, with the reasons. {@code client} and {@code fingerprint} are subject and SHA-256 of
 * the client's certificate. An unknown value is {@code -}. A value with a space, quote, {@code =}, backslash or
 * anything but printable ASCII is quoted and escaped as in JSON, so no client can forge a line or a field, or reach a
 * terminal. A long value is cut and ends in {@code ...+} and the number of missing characters: no line is longer than 4
 * KiB.
 */
final class AccessLine {
    private static final int USUAL_CHARS = 512;
    /** Length of a line from which on values have little room. */
    private static final int ROOMY_CHARS = 2560;

    private static final int VALUE_CHARS = 1024;
    private static final int LEAST_VALUE_CHARS = 48;
    private static final int ESCAPED_CHARS = 6;
    private static final String HEX = "0123456789abcdef";

    private final StringBuilder line = new StringBuilder(USUAL_CHARS);

    private AccessLine() {}

    static String of(AccessEntry exchange) {
        AccessLine line = new AccessLine();
        line.exchange(exchange);
        return line.line.toString();
    }

    private void exchange(AccessEntry e) {
        Connection c = e.connection();
        line.append("id=").append(c.id());
        field(" listener=", c.listener());
        line.append(" peer=").append(c.clientText());
        field(" method=", e.method());
        field(" target=", e.target());
        field(" host=", e.host());
        line.append(" status=").append(e.status());
        line.append(" in=").append(e.requestBytes());
        line.append(" out=").append(e.responseBytes());
        millis(e.durationNs());
        field(" upstream=", e.upstream());
        tls(c);
        field(" abort=", e.abort());
    }

    private void tls(Connection c) {
        Negotiated tls = c.tls();
        field(" sni=", tls == null ? null : tls.serverName());
        field(" version=", tls == null ? null : tls.version().label());
        field(" cipher=", tls == null ? null : tls.suite().kernelName());
        field(" resumed=", tls == null ? null : Boolean.toString(tls.resumed()));
        ClientIdentity client = tls == null ? null : tls.client();
        field(" client=", client == null ? null : client.subject());
        field(" fingerprint=", client == null ? null : client.fingerprint());
        line.append(" txconf=").append(c.tx().conf());
        line.append(" rxconf=").append(c.rx().conf());
        field(" txwhy=", c.tx().why());
        field(" rxwhy=", c.rx().why());
    }

    private void millis(long durationNs) {
        long micros = TimeUnit.NANOSECONDS.toMicros(durationNs);
        long fraction = micros % 1000;
        line.append(" ms=").append(micros / 1000).append('.');
        line.append((char) ('0' + fraction / 100)).append((char) ('0' + fraction / 10 % 10));
        line.append((char) ('0' + fraction % 10));
    }

    private void field(String key, @Nullable String value) {
        line.append(key);
        if (value == null) {
            line.append('-');
        } else if (isPlain(value)) {
            int shown = Math.min(value.length(), room());
            line.append(value, 0, shown);
            cut(value, shown);
        } else {
            quote(value);
        }
    }

    private int room() {
        return Math.clamp(ROOMY_CHARS - line.length(), LEAST_VALUE_CHARS, VALUE_CHARS);
    }

    private void cut(String value, int shown) {
        if (shown < value.length()) {
            line.append("...+").append(value.length() - shown);
        }
    }

    private static boolean isPlain(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == '"' || c == '=' || c == '\\') {
                return false;
            }
        }
        return !value.isEmpty();
    }

    private void quote(String value) {
        int end = line.length() + room() - ESCAPED_CHARS;
        line.append('"');
        int i = 0;
        for (; i < value.length() && line.length() < end; i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                line.append('\\').append(c);
            } else if (c < ' ' || c >= 0x7f) {
                line.append("\\u").append(HEX.charAt(c >> 12)).append(HEX.charAt(c >> 8 & 15));
                line.append(HEX.charAt(c >> 4 & 15)).append(HEX.charAt(c & 15));
            } else {
                line.append(c);
            }
        }
        cut(value, i);
        line.append('"');
    }
}
