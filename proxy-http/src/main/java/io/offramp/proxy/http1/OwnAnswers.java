package io.offramp.proxy.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.offramp.proxy.http1.HeaderRules.Persistence;
import io.offramp.proxy.message.Ascii;
import io.offramp.proxy.message.HttpDate;
import io.offramp.proxy.message.OwnAnswer;
import java.nio.charset.StandardCharsets;

/** Writes answers of our own as HTTP/1.1. Pure functions. */
final class OwnAnswers {
    /** Bytes besides the answer's text, its fields and the date. */
    private static final int OTHER_BYTES = 110;

    private static final byte[] RETRY_AFTER = "Retry-After: ".getBytes(StandardCharsets.US_ASCII);

    private OwnAnswers() {}

    /** Bytes that {@link #write} needs at most. */
    static int length(OwnAnswer answer, HttpDate date) {
        int text = answer.reason().length();
        for (OwnAnswer.Entry field : answer.fields()) {
            text += field.name().length() + field.value().length() + 4;
        }
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
        out.writeBytes(HeaderRules.VERSION);
        ByteBufUtil.writeAscii(out, Integer.toString(answer.status()));
        out.writeByte(' ');
        ByteBufUtil.writeAscii(out, answer.reason());
        out.writeBytes(HeaderRules.CRLF);
        for (OwnAnswer.Entry field : answer.fields()) {
            ByteBufUtil.writeAscii(out, field.name());
            out.writeByte(':').writeByte(' ');
            ByteBufUtil.writeAscii(out, field.value());
            out.writeBytes(HeaderRules.CRLF);
        }
        if (answer.retryAfterS() > 0) {
            out.writeBytes(RETRY_AFTER);
            Ascii.writeNumber(answer.retryAfterS(), out);
            out.writeBytes(HeaderRules.CRLF);
        }
        if (answer.hasLength()) {
            HeaderRules.writeLength(body.length, out);
        }
        date.write(out);
        out.writeBytes(persistence.line()).writeBytes(HeaderRules.CRLF);
        if (withBody) {
            out.writeBytes(body);
        }
    }
}
