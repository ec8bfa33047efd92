package io.offramp.proxy.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.offramp.proxy.http.codec.ConnectionOptions;
import io.offramp.proxy.http.codec.Field;
import io.offramp.proxy.http.codec.Fields;
import io.offramp.proxy.http.codec.Framing;
import io.offramp.proxy.http.codec.Head;
import io.offramp.proxy.http.codec.RequestTarget;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a proxy changes in heads (RFC 9110 §7.6): fields that are meant for one hop go, those that it owes are set, all
 * others pass as they came. Writes into buffers of the caller. Pure functions.
 */
final class HeaderRules {
    /** Room that a rewritten head needs beyond its own length, for a start. */
    static final int ADDED_BYTES = 256;

    private static final byte[] REQUEST_LINE_END = ascii(" HTTP/1.1\r\nHost: ");
    private static final byte[] VERSION = ascii("HTTP/1.1 ");
    private static final byte[] CRLF = ascii("\r\n");
    private static final byte[] CHUNKED = ascii("Transfer-Encoding: chunked\r\n");
    private static final byte[] LENGTH = ascii("Content-Length: ");
    private static final byte[] CLOSE = ascii("Connection: close\r\n");
    private static final byte[] KEEP_ALIVE = ascii("Connection: keep-alive\r\n");
    private static final byte[] UPGRADE = ascii("Connection: Upgrade\r\n");
    private static final byte[] PROTOCOLS = ascii("Upgrade: ");
    private static final byte[] TE_TRAILERS = ascii("TE: trailers\r\nConnection: TE\r\n");
    private static final byte[] VIA_1_1 = ascii("Via: 1.1 offramp\r\n");
    private static final byte[] VIA_1_0 = ascii("Via: 1.0 offramp\r\n");
    private static final byte[] MAX_FORWARDS = ascii("Max-Forwards: ");
    private static final byte[] FORWARDED_FOR = ascii("X-Forwarded-For: ");
    private static final byte[] FORWARDED_HOST = ascii("X-Forwarded-Host: ");

    private HeaderRules() {}

    /** What an answer's {@code Connection} field says to the client. */
    enum Persistence {
        /** Nothing: an HTTP/1.1 connection persists by default. */
        DEFAULT(new byte[0]),
        /** To an HTTP/1.0 client that asked for it. */
        KEEP_ALIVE(HeaderRules.KEEP_ALIVE),
        /** The connection ends behind this answer. */
        CLOSE(HeaderRules.CLOSE),
        /** With 101 only. */
        UPGRADE(HeaderRules.UPGRADE);

        private final byte[] line;

        Persistence(byte[] line) {
            this.line = line;
        }
    }

    /**
     * Writes the head of a request for an upstream.
     *
     * @param client what every request of this connection says about its client
     * @param server host and port of the upstream, for a request that has no Host
     * @param upgrade protocols that the request asks for, and may; null if none
     * @param framing of its body
     */
    static void writeRequest(
            Head request,
            RequestTarget target,
            ConnectionOptions options,
            ClientFields client,
            String server,
            @Nullable String upgrade,
            long framing,
            ByteBuf out) {
        String authority = target.authority();
        request.writeMethod(out);
        ByteBufUtil.writeAscii(out, target.originForm());
        out.writeBytes(REQUEST_LINE_END);
        ByteBufUtil.writeAscii(out, authority == null ? server : authority);
        out.writeBytes(CRLF);
        Fields fields = request.fields();
        boolean modern = request.modern();
        long forwards = MaxForwards.of(request);
        writeRequestFields(fields, options, client.trusted(), modern, forwards != MaxForwards.NONE, out);
        if (forwards != MaxForwards.NONE) {
            out.writeBytes(MAX_FORWARDS);
            ByteBufUtil.writeAscii(out, Long.toString(forwards - 1));
            out.writeBytes(CRLF);
        }
        writeFraming(framing, framing > 0 || fields.has(Field.CONTENT_LENGTH), out);
        if (upgrade != null) {
            out.writeBytes(PROTOCOLS);
            ByteBufUtil.writeAscii(out, upgrade);
            out.writeBytes(CRLF).writeBytes(UPGRADE);
        } else if (fields.hasInList(Field.TE, "trailers")) {
            out.writeBytes(TE_TRAILERS);
        }
        writeForwarded(fields, client, authority, out);
        out.writeBytes(modern ? VIA_1_1 : VIA_1_0).writeBytes(CRLF);
    }

    /** What we say of the client: behind what a trusted proxy said of its own, else as if we were the first. */
    private static void writeForwarded(Fields fields, ClientFields client, @Nullable String authority, ByteBuf out) {
        boolean trusted = client.trusted();
        out.writeBytes(FORWARDED_FOR);
        for (String hop : trusted ? fields.all(Field.X_FORWARDED_FOR) : List.<String>of()) {
            if (!hop.isEmpty()) {
                ByteBufUtil.writeAscii(out, hop);
                out.writeByte(',').writeByte(' ');
            }
        }
        out.writeBytes(client.address());
        if (!trusted || !fields.has(Field.X_FORWARDED_PROTO)) {
            out.writeBytes(client.proto());
        }
        out.writeBytes(client.certificate());
        if (authority != null && (!trusted || !fields.has(Field.X_FORWARDED_HOST))) {
            out.writeBytes(FORWARDED_HOST);
            ByteBufUtil.writeAscii(out, authority);
            out.writeBytes(CRLF);
        }
    }

    /**
     * Writes the head of an answer for the client.
     *
     * @param framing of the body that the client gets
     * @param date of now, for an answer that has none (RFC 9110 §6.6.1)
     * @param bodiless whether the answer has no body by its status or its request's method, so that its length, if any,
     *     passes as it is
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
        writeAnswerFields(fields, options, persistence == Persistence.UPGRADE, out);
        if (status >= 200 && !fields.has(Field.DATE)) {
            date.write(out);
        }
        if (!bodiless) {
            writeFraming(framing, true, out);
        } else if (status >= 200 && status != 204) {
            String length = fields.first(Field.CONTENT_LENGTH);
            if (length != null) {
                out.writeBytes(LENGTH);
                ByteBufUtil.writeAscii(out, length);
                out.writeBytes(CRLF);
            }
        }
        out.writeBytes(persistence.line).writeBytes(CRLF);
    }

    private static void writeFraming(long framing, boolean withLength, ByteBuf out) {
        if (framing == Framing.CHUNKED) {
            out.writeBytes(CHUNKED);
        } else if (framing >= 0 && withLength) {
            out.writeBytes(LENGTH);
            ByteBufUtil.writeAscii(out, Long.toString(framing));
            out.writeBytes(CRLF);
        }
    }

    private static void writeRequestFields(
            Fields fields, ConnectionOptions options, boolean trusted, boolean modern, boolean counted, ByteBuf out) {
        int first = -1;
        int size = fields.size();
        for (int i = 0; i < size; i++) {
            boolean passes = switch (fields.kind(i)) {
                case OTHER, DATE -> !options.names(fields, i);
                case MAX_FORWARDS -> !counted;
                case EXPECT -> modern;
                case FORWARDING, X_FORWARDED_HOST, X_FORWARDED_PROTO -> trusted;
                default -> false;
            };
            first = run(fields, first, i, passes, out);
        }
        run(fields, first, size, false, out);
    }

    private static void writeAnswerFields(Fields fields, ConnectionOptions options, boolean upgrade, ByteBuf out) {
        int first = -1;
        int size = fields.size();
        for (int i = 0; i < size; i++) {
            boolean passes = switch (fields.kind(i)) {
                case CONNECTION, CONTENT_LENGTH, EXPECT, HOST, KEEP_ALIVE, TE, TRANSFER_ENCODING -> false;
                // Of that family, the only one that is meant for all hops (RFC 9209 §2).
                case PROXY -> fields.name(i).equalsIgnoreCase("Proxy-Status");
                case UPGRADE -> upgrade;
                case DATE -> true;
                default -> !options.names(fields, i);
            };
            first = run(fields, first, i, passes, out);
        }
        run(fields, first, size, false, out);
    }

    /** Writes the trailers behind a last chunk that may be there. */
    static void writeTrailers(Fields trailers, ByteBuf out) {
        int first = -1;
        int size = trailers.size();
        for (int i = 0; i < size; i++) {
            first = run(trailers, first, i, TrailerRules.passes(trailers, i), out);
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
