package io.offramp.proxy.compress;

import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.Field;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.HeadWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Heads of answers whose body may be compressed on the way. Pure functions. */
final class CompressedHead {
    private static final byte[] ACCEPT_RANGES = ascii("accept-ranges");
    private static final byte[] CACHE_CONTROL = ascii("cache-control");
    private static final byte[] CONTENT_ENCODING = ascii("content-encoding");
    private static final byte[] CONTENT_TYPE = ascii("content-type");
    private static final byte[] ETAG = ascii("etag");
    private static final byte[] RANGE = ascii("range");
    private static final byte[] VARY = ascii("vary");
    /** Of these bytes and no others: a coding that already is, a part, digests. */
    private static final byte[][] OF_THE_BYTES = {
        CONTENT_ENCODING,
        ascii("content-range"),
        ascii("content-digest"),
        ascii("content-md5"),
        ascii("digest"),
        ascii("repr-digest")
    };

    private CompressedHead() {}

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Whether an answer is of a kind that is compressed for clients that want it. */
    static boolean isCompressible(CompressionConfig config, Fields request, AnswerHead answer) {
        Fields fields = answer.message().fields();
        int type = fields.indexOf(CONTENT_TYPE);
        if (type < 0 || !config.has(fields.value(type)) || answer.status() == 206 || answer.status() == 204) {
            return false;
        }
        for (byte[] name : OF_THE_BYTES) {
            if (fields.hasName(name)) {
                return false;
            }
        }
        return !request.hasName(RANGE) && !forbidsIt(request) && !forbidsIt(fields);
    }

    /** {@code no-transform} (RFC 9110 §7.7). */
    private static boolean forbidsIt(Fields fields) {
        for (int i = 0; i < fields.size(); i++) {
            if (fields.isName(i, CACHE_CONTROL)
                    && fields.value(i).toLowerCase(Locale.ROOT).contains("no-transform")) {
                return true;
            }
        }
        return false;
    }

    /**
     * The head of a compressed answer.
     *
     * @param length of the body: 0 if it has none, negative if it is not known
     */
    static AnswerHead of(AnswerHead answer, Coding coding, long length) {
        HeadWriter head = HeadWriter.answer(answer.message());
        String vary = copy(answer.message().fields(), head, true);
        head.field("Content-Encoding", coding.word());
        head.field("Vary", vary);
        return new AnswerHead(head.complete(), answer.options(), length, answer.following());
    }

    /** The head of an answer that is not compressed, though it is for other clients. */
    static AnswerHead varying(AnswerHead answer) {
        Fields fields = answer.message().fields();
        if (varies(fields)) {
            return answer;
        }
        HeadWriter head = HeadWriter.answer(answer.message());
        head.field("Vary", copy(fields, head, false));
        return new AnswerHead(head.complete(), answer.options(), answer.length(), answer.following());
    }

    /** A 304 with the validator that the client has got with the compressed answer (RFC 9111 §4.3.4). */
    static AnswerHead unchanged(AnswerHead answer) {
        Fields fields = answer.message().fields();
        int tag = fields.indexOf(ETAG);
        if (tag < 0 || fields.value(tag).startsWith("W/")) {
            return answer;
        }
        HeadWriter head = HeadWriter.answer(answer.message());
        for (int i = 0; i < fields.size(); i++) {
            if (i == tag) {
                head.field("ETag", "W/" + fields.value(i));
            } else {
                head.copy(fields, i);
            }
        }
        return new AnswerHead(head.complete(), answer.options(), answer.length(), answer.following());
    }

    /**
     * Copies all fields except {@code Vary}.
     *
     * @param compressed without the length, without ranges, and with a weak validator (RFC 9110 §8.8.1)
     * @return the whole value of {@code Vary}
     */
    private static String copy(Fields fields, HeadWriter head, boolean compressed) {
        String vary = null;
        boolean varies = varies(fields);
        for (int i = 0; i < fields.size(); i++) {
            if (fields.isName(i, VARY)) {
                vary = vary == null ? fields.value(i) : vary + ", " + fields.value(i);
            } else if (!compressed) {
                head.copy(fields, i);
            } else if (fields.isName(i, ETAG)) {
                head.field("ETag", fields.value(i).startsWith("W/") ? fields.value(i) : "W/" + fields.value(i));
            } else if (fields.kind(i) != Field.CONTENT_LENGTH && !fields.isName(i, ACCEPT_RANGES)) {
                head.copy(fields, i);
            }
        }
        return varies && vary != null ? vary : vary == null ? "Accept-Encoding" : vary + ", Accept-Encoding";
    }

    private static boolean varies(Fields fields) {
        for (int i = 0; i < fields.size(); i++) {
            if (fields.isName(i, VARY)) {
                String value = fields.value(i).toLowerCase(Locale.ROOT);
                if (value.strip().equals("*") || value.contains("accept-encoding")) {
                    return true;
                }
            }
        }
        return false;
    }
}
