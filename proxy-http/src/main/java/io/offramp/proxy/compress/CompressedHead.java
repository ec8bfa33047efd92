package io.offramp.proxy.compress;

import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.FieldEdits;
import io.offramp.proxy.message.Fields;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Heads of answers whose body may be compressed on the way. What is set here passes to the client whatever a Connection
 * field of the server names: the body is in this coding. Pure functions.
 */
final class CompressedHead {
    private static final byte[] ACCEPT_RANGES = ascii("accept-ranges");
    private static final byte[] CACHE_CONTROL = ascii("cache-control");
    private static final byte[] CONTENT_ENCODING = ascii("content-encoding");
    private static final byte[] CONTENT_LENGTH = ascii("content-length");
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
        Fields fields = answer.message().fields();
        FieldEdits edits = new FieldEdits();
        edits.remove(CONTENT_LENGTH);
        edits.remove(ACCEPT_RANGES);
        weaken(fields, edits);
        edits.set("Content-Encoding", coding.word());
        vary(fields, edits);
        return answer.with(edits, length);
    }

    /** The head of an answer that is not compressed, though it is for other clients. */
    static AnswerHead varying(AnswerHead answer) {
        FieldEdits edits = new FieldEdits();
        vary(answer.message().fields(), edits);
        return edits.isEmpty() ? answer : answer.with(edits);
    }

    /** A 304 with the validator that the client has got with the compressed answer (RFC 9111 §4.3.4). */
    static AnswerHead unchanged(AnswerHead answer) {
        FieldEdits edits = new FieldEdits();
        weaken(answer.message().fields(), edits);
        return edits.isEmpty() ? answer : answer.with(edits);
    }

    /** The validator of two forms of a content is weak (RFC 9110 §8.8.1). */
    private static void weaken(Fields fields, FieldEdits edits) {
        int tag = fields.indexOf(ETAG);
        if (tag >= 0 && !fields.value(tag).startsWith("W/")) {
            edits.set("ETag", "W/" + fields.value(tag));
        }
    }

    private static void vary(Fields fields, FieldEdits edits) {
        if (varies(fields)) {
            return;
        }
        StringBuilder vary = new StringBuilder();
        for (int i = 0; i < fields.size(); i++) {
            if (fields.isName(i, VARY)) {
                vary.append(fields.value(i)).append(", ");
            }
        }
        edits.set("Vary", vary.append("Accept-Encoding").toString());
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
