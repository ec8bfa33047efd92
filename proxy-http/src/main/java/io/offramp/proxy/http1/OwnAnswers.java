package io.offramp.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.offramp.proxy.exchange.OwnAnswer;
import io.offramp.proxy.http1.HeaderRules.Persistence;
import io.offramp.proxy.message.HttpDate;
import java.nio.charset.StandardCharsets;

/** Writes answers of our own as HTTP/1.1. Pure functions. */
final class OwnAnswers {
    private static final byte[] VERSION = ascii("HTTP/1.1 ");
    private static final byte[] LENGTH = ascii("\r\nContent-Length: ");
    private static final byte[] CRLF = ascii("\r\n");

    /** Bytes besides the answer's text and the date. */
    private static final int OTHER_BYTES = 80;

    private OwnAnswers() {}

    /** Bytes that {@link #write} needs at most. */
    static int length(OwnAnswer answer, HttpDate date) {
        int text = answer.reason().length()
                + answer.name().length()
                + answer.value().length();
        return text + date.length() + OTHER_BYTES + answer.body().length;
    }

    /**
     * Writes the whole answer.
     *
     * @param date the current one
     * @param withBody false for a HEAD request
     */
    static void write(OwnAnswer answer, HttpDate date, Persistence persistence, boolean withBody, ByteBuf out) {
        byte[] body = answer.body();
        out.writeBytes(VERSION);
        ByteBufUtil.writeAscii(out, Integer.toString(answer.status()));
        out.writeByte(' ');
        ByteBufUtil.writeAscii(out, answer.reason());
        out.writeBytes(CRLF);
        ByteBufUtil.writeAscii(out, answer.name());
        out.writeByte(':').writeByte(' ');
        ByteBufUtil.writeAscii(out, answer.value());
        out.writeBytes(LENGTH);
        ByteBufUtil.writeAscii(out, Integer.toString(body.length));
        out.writeBytes(CRLF);
        date.write(out);
        out.writeBytes(persistence.line()).writeBytes(CRLF);
        if (withBody) {
            out.writeBytes(body);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
