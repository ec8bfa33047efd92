package io.offramp.proxy.message;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes a head that did not come as it is: of a request of our own, or with other fields than one that came. Field
 * after field, then {@link #complete}. Confined to one thread; for one head.
 */
public final class HeadWriter {
    private static final int FIRST_BYTES = 512;

    private final HeadBuilder builder = new HeadBuilder();
    private byte[] bytes;
    private int size;

    private HeadWriter(int room) {
        bytes = new byte[room];
        builder.begin();
    }

    /** A request of HTTP/1.1. */
    public static HeadWriter request(String method, String target) {
        HeadWriter head = new HeadWriter(FIRST_BYTES);
        head.append(method);
        head.append(" ");
        head.append(target);
        head.builder.requestLine(0, method.length(), head.size);
        head.append(" HTTP/1.1\r\n");
        head.builder.version(Version.HTTP_1_1);
        return head;
    }

    /** An answer. */
    public static HeadWriter answer(int status, String reason) {
        HeadWriter head = new HeadWriter(FIRST_BYTES);
        head.append(status + " " + reason);
        head.builder.statusLine(0, head.size);
        head.append("\r\n");
        head.builder.version(Version.HTTP_1_1);
        return head;
    }

    /**
     * Adds a field.
     *
     * @param value one character a byte, without line ends
     */
    public HeadWriter field(CharSequence name, CharSequence value) {
        return field(null, name, value);
    }

    private HeadWriter field(@Nullable Field kind, CharSequence name, CharSequence value) {
        int line = size;
        append(name);
        int nameEnd = size;
        append(": ");
        append(value);
        int lineEnd = size;
        append("\r\n");
        if (kind == null) {
            builder.field(bytes, line, nameEnd);
        } else {
            builder.field(kind, line, nameEnd);
        }
        builder.value(bytes, lineEnd);
        return this;
    }

    /** Adds a field of another head as it is there: one that a rule has set stays one. */
    public HeadWriter copy(Fields fields, int index) {
        return field(fields.kind(index), fields.name(index), fields.value(index));
    }

    private void append(CharSequence text) {
        int length = text.length();
        if (size + length > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + length));
        }
        for (int i = 0; i < length; i++) {
            bytes[size++] = (byte) text.charAt(i);
        }
    }

    /** The head. */
    public Head complete() {
        append("\r\n");
        return builder.complete(bytes, size);
    }

    /** The head of a request without a body. */
    public RequestHead completeRequest() {
        Head head = complete();
        return new RequestHead(head, RequestTarget.of(head), ConnectionOptions.NONE, 0);
    }
}
