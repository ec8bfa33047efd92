package io.offramp.proxy.access;

import io.offramp.proxy.connection.Connection;
import io.offramp.proxy.exchange.AccessEntry;
import io.offramp.proxy.tls.ClientIdentity;
import io.offramp.proxy.tls.Negotiated;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A format, made ready to write lines. Immutable; any thread. */
final class LineLayout {
    /** The longest value that is not text. */
    private static final int NUMBER_BYTES = 32;

    private final byte[][] literals;
    private final @Nullable AccessField[] fields;
    private final LinePart.Style[] styles;

    LineLayout(LineFormat format) {
        List<LinePart> parts = format.parts();
        literals = new byte[parts.size()][];
        fields = new AccessField[parts.size()];
        styles = new LinePart.Style[parts.size()];
        for (int i = 0; i < parts.size(); i++) {
            literals[i] = parts.get(i).literal().getBytes(StandardCharsets.US_ASCII);
            fields[i] = parts.get(i).field();
            styles[i] = parts.get(i).style();
        }
    }

    /** The length of the longest line, its end included: a longer value leaves no more room for the next ones. */
    int longestBytes() {
        int bytes = 0;
        for (int i = 0; i < literals.length; i++) {
            AccessField field = fields[i];
            bytes += literals[i].length;
            if (field != null) {
                bytes = isNumber(field) ? bytes + NUMBER_BYTES : LineBytes.longestEnd(bytes);
            }
        }
        return bytes + 1;
    }

    private static boolean isNumber(AccessField field) {
        return switch (field) {
            case TIME, DATE, ID, STATUS, IN, OUT, MS, RESUMED, STREAM -> true;
            default -> false;
        };
    }

    /** Writes a line, its end included. */
    void write(AccessEntry e, LineBytes line, DateText date, long epochMs) {
        for (int i = 0; i < literals.length; i++) {
            line.literal(literals[i]);
            AccessField field = fields[i];
            if (field != null) {
                value(field, styles[i], e, line, date, epochMs);
            }
        }
        line.newline();
    }

    private static void value(
            AccessField field, LinePart.Style style, AccessEntry e, LineBytes line, DateText date, long epochMs) {
        Connection c = e.connection();
        switch (field) {
            case TIME -> {
                line.quoteIn(style);
                line.time(date, epochMs);
                line.quoteIn(style);
            }
            case DATE -> {
                line.quoteIn(style);
                line.literal(date.bsd());
                line.quoteIn(style);
            }
            case ID -> line.number(c.id());
            case LISTENER -> line.value(c.listener(), style);
            case PEER -> line.value(c.clientText(), style);
            case METHOD -> line.value(e.method(), style);
            case TARGET -> line.value(e.target(), style);
            case HOST -> line.value(e.host(), style);
            case STATUS -> line.number(e.status());
            case IN -> line.number(e.requestBytes());
            case OUT -> line.number(e.responseBytes());
            case MS -> line.millis(e.durationNs());
            case UPSTREAM -> line.value(e.upstream(), style);
            case TXCONF -> line.value(c.tx().conf(), style);
            case RXCONF -> line.value(c.rx().conf(), style);
            case TXWHY -> line.value(c.tx().why(), style);
            case RXWHY -> line.value(c.rx().why(), style);
            case ABORT -> line.value(e.abort(), style);
            case PROTOCOL -> line.value(e.protocol(), style);
            case STREAM -> {
                if (e.stream() == 0) {
                    line.value(null, style);
                } else {
                    line.number(e.stream());
                }
            }
            case UPTXCONF ->
                line.value(e.session() == null ? null : e.session().tx().conf(), style);
            case UPRXCONF ->
                line.value(e.session() == null ? null : e.session().rx().conf(), style);
            case SNI, VERSION, CIPHER, RESUMED, CLIENT, FINGERPRINT -> tls(field, style, c.tls(), line);
        }
    }

    private static void tls(AccessField field, LinePart.Style style, @Nullable Negotiated tls, LineBytes line) {
        ClientIdentity client = tls == null ? null : tls.client();
        switch (field) {
            case SNI -> line.value(tls == null ? null : tls.serverName(), style);
            case VERSION -> line.value(tls == null ? null : tls.version().label(), style);
            case CIPHER -> line.value(tls == null ? null : tls.suite().kernelName(), style);
            case RESUMED -> line.flag(tls == null ? null : tls.resumed(), style);
            case CLIENT -> line.value(client == null ? null : client.subject(), style);
            default -> line.value(client == null ? null : client.fingerprint(), style);
        }
    }
}
