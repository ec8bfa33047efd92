package io.offramp.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.offramp.proxy.exchange.AddedFields;
import io.offramp.proxy.exchange.MaxForwards;
import io.offramp.proxy.exchange.TrailerRules;
import io.offramp.proxy.message.Ascii;
import io.offramp.proxy.message.ClientFields;
import io.offramp.proxy.message.ConnectionOptions;
import io.offramp.proxy.message.Field;
import io.offramp.proxy.message.FieldRules;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.Forwarding;
import io.offramp.proxy.message.Head;
import io.offramp.proxy.message.HttpDate;
import io.offramp.proxy.message.RequestHead;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The changes of a proxy to heads (RFC 9110 §7.6): fields for one hop are removed, required ones are set, all others
 * pass as they came. Writes into buffers of the caller. Pure functions.
 */
final class HeaderRules {
    /** Room that a rewritten head needs beyond its own length, for a start. */
    static final int ADDED_BYTES = 256;

    private static final byte[] REQUEST_LINE_END = ascii(" HTTP/1.1\r\nHost: ");
    static final byte[] VERSION = ascii("HTTP/1.1 ");
    static final byte[] CRLF = ascii("\r\n");
    private static final byte[] CHUNKED = ascii("Transfer-Encoding: chunked\r\n");
    private static final byte[] LENGTH = ascii("Content-Length: ");
    private static final byte[] CLOSE = ascii("Connection: close\r\n");
    private static final byte[] KEEP_ALIVE = ascii("Connection: keep-alive\r\n");
    private static final byte[] UPGRADE = ascii("Connection: Upgrade\r\n");
    private static final byte[] PROTOCOLS = ascii("Upgrade: ");
    private static final byte[] WEBSOCKET_KEY = ascii("Sec-WebSocket-Key: ");
    private static final byte[] WEBSOCKET_ACCEPT = ascii("Sec-WebSocket-Accept: ");
    private static final byte[] TE_TRAILERS = ascii("TE: trailers\r\nConnection: TE\r\n");

    private HeaderRules() {}

    /** The {@code Connection} field of an answer to the client. */
    enum Persistence {
        /** Nothing: an HTTP/1.1 connection persists by default. */
        DEFAULT(new byte[0]),
        /** To an HTTP/1.0 client that asked for it. */
        KEEP_ALIVE(HeaderRules.KEEP_ALIVE),
        /** The connection ends behind this answer. */
        CLOSE(HeaderRules.CLOSE);

        private final byte[] line;

        Persistence(byte[] line) {
            this.line = line;
        }

        /** Whole, or empty. */
        byte[] line() {
            return line;
        }
    }

    /**
     * Writes the head of a request for an upstream.
     *
     * @param client fields about the client, the same for every request of its connection
     * @param server the Host of a request that has none
     * @param upgrade protocols that the request asks for, and may; null if none
     * @param webSocketKey for a request whose version has none; else null
     */
    static void writeRequest(
            RequestHead request,
            ClientFields client,
            String server,
            @Nullable String upgrade,
            @Nullable String webSocketKey,
            ByteBuf out) {
        Head message = request.message();
        Fields fields = message.fields();
        message.writeMethod(out);
        ByteBufUtil.writeAscii(out, request.target().originForm());
        out.writeBytes(REQUEST_LINE_END);
        ByteBufUtil.writeAscii(out, request.target().authorityFor(server));
        out.writeBytes(CRLF);
        writeRequestFields(request, client, MaxForwards.of(message) != MaxForwards.NONE, out);
        writeFraming(request.length(), request.length() > 0 || fields.has(Field.CONTENT_LENGTH), out);
        if (upgrade != null) {
            line(PROTOCOLS, upgrade, out);
            out.writeBytes(UPGRADE);
            if (webSocketKey != null) {
                line(WEBSOCKET_KEY, webSocketKey, out);
            }
        } else if (fields.hasInList(Field.TE, "trailers")) {
            out.writeBytes(TE_TRAILERS);
        }
        AddedFields.of(request, client, new Lines(out));
        out.writeBytes(CRLF);
    }

    /** Writes added fields as lines. */
    private record Lines(ByteBuf out) implements AddedFields.Sink {
        @Override
        public void add(AddedFields.Name name, CharSequence value) {
            out.writeBytes(name.line());
            ByteBufUtil.writeAscii(out, value);
            out.writeBytes(CRLF);
        }
    }

    private static void line(byte[] name, String value, ByteBuf out) {
        out.writeBytes(name);
        ByteBufUtil.writeAscii(out, value);
        out.writeBytes(CRLF);
    }

    /**
     * Writes the head of an answer for the client.
     *
     * @param framing of the body that the client gets
     * @param date the current one, for an answer that has none (RFC 9110 §6.6.1)
     * @param bodiless true if the answer has no body by its status or its request's method; a length then passes as it
     *     is
     */
    static void writeAnswer(
            Head answer,
            ConnectionOptions options,
            Persistence persistence,
            long framing,
            boolean bodiless,
            HttpDate date,
            ByteBuf out) {
        int status = answer.status();
        Fields fields = answer.fields();
        out.writeBytes(VERSION);
        answer.writeStatus(out);
        out.writeBytes(CRLF);
        writeAnswerFields(fields, options, false, out);
        if (status >= 200 && !fields.has(Field.DATE)) {
            date.write(out);
        }
        if (!bodiless) {
            writeFraming(framing, true, out);
        } else if (status >= 200 && status != 204) {
            String length = fields.first(Field.CONTENT_LENGTH);
            if (length != null) {
                line(LENGTH, length, out);
            }
        }
        out.writeBytes(persistence.line).writeBytes(CRLF);
    }

    /**
     * Writes the head of a 101 for the client.
     *
     * @param accept proof of a WebSocket's handshake, if the server's version has none; else null
     */
    static void writeSwitching(Head answer, ConnectionOptions options, @Nullable String accept, ByteBuf out) {
        out.writeBytes(VERSION);
        answer.writeStatus(out);
        out.writeBytes(CRLF);
        writeAnswerFields(answer.fields(), options, true, out);
        if (accept != null) {
            line(WEBSOCKET_ACCEPT, accept, out);
        }
        out.writeBytes(UPGRADE).writeBytes(CRLF);
    }

    private static void writeFraming(long framing, boolean withLength, ByteBuf out) {
        if (framing == Framing.CHUNKED) {
            out.writeBytes(CHUNKED);
        } else if (framing >= 0 && withLength) {
            writeLength(framing, out);
        }
    }

    static void writeLength(long bytes, ByteBuf out) {
        out.writeBytes(LENGTH);
        Ascii.writeNumber(bytes, out);
        out.writeBytes(CRLF);
    }

    private static void writeRequestFields(RequestHead request, ClientFields client, boolean counted, ByteBuf out) {
        Fields fields = request.fields();
        int first = -1;
        int size = fields.size();
        for (int i = 0; i < size; i++) {
            first = run(fields, first, i, FieldRules.passes(request, i, client, counted), out);
        }
        run(fields, first, size, false, out);
    }

    private static void writeAnswerFields(Fields fields, ConnectionOptions options, boolean upgrade, ByteBuf out) {
        int first = -1;
        int size = fields.size();
        for (int i = 0; i < size; i++) {
            first = run(fields, first, i, FieldRules.passes(fields, options, i, upgrade), out);
        }
        run(fields, first, size, false, out);
    }

    /**
     * Writes the trailers behind a last chunk that may be there.
     *
     * @param ours what this proxy has set in the head
     */
    static void writeTrailers(Fields trailers, Forwarding ours, ByteBuf out) {
        int first = -1;
        int size = trailers.size();
        for (int i = 0; i < size; i++) {
            first = run(trailers, first, i, TrailerRules.passes(trailers, i, ours), out);
        }
        run(trailers, first, size, false, out);
    }

    /** Lines that pass and stand together are copied at once: gives the first of those that are not yet, or -1. */
    private static int run(Fields fields, int first, int index, boolean passes, ByteBuf out) {
        if (passes) {
            return first < 0 ? index : first;
        }
        if (first >= 0) {
            fields.write(first, index, out);
        }
        return -1;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
