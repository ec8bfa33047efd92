package io.offramp.proxy.flow;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads one HTTP/1.1 stream as far as its bytes have come, independently of the proxy's own reader. */
abstract class Incoming {
    private byte[] bytes = new byte[256];
    private int from;
    private int to;
    private Part part = Part.HEAD;
    private long left;
    private String trailers = "";

    private enum Part {
        HEAD,
        LENGTH,
        CHUNK_SIZE,
        CHUNK,
        CHUNK_END,
        LAST,
        TO_END,
        RAW
    }

    /** How long the body of a head is. */
    static final long CHUNKED = -1;

    static final long TO_END = -2;
    static final long RAW = -3;

    /** A head; returns the length of its body, or one of the above. */
    abstract long onHead(String head);

    abstract void onBody(byte value);

    /** A body in chunks has ended with these lines. */
    abstract void onTrailers(String lines);

    /** The message is complete. */
    abstract void onEnd();

    boolean isBetweenMessages() {
        return part == Part.HEAD && from == to;
    }

    /** Ends with the stream. */
    boolean isToEnd() {
        return part == Part.TO_END;
    }

    void add(byte[] more) {
        if (more.length == 0) {
            return;
        }
        if (to + more.length > bytes.length) {
            byte[] larger = new byte[Math.max(bytes.length, 2 * (to - from + more.length))];
            System.arraycopy(bytes, from, larger, 0, to - from);
            bytes = larger;
            to -= from;
            from = 0;
        }
        System.arraycopy(more, 0, bytes, to, more.length);
        to += more.length;
        while (step()) {}
        if (from == to) {
            from = 0;
            to = 0;
        }
    }

    private boolean step() {
        switch (part) {
            case HEAD -> {
                String head = upTo("\r\n\r\n");
                if (head == null) {
                    return false;
                }
                begin(onHead(head));
            }
            case LENGTH, CHUNK -> {
                if (from == to) {
                    return false;
                }
                for (; left > 0 && from < to; left--) {
                    onBody(bytes[from++]);
                }
                if (left == 0 && part == Part.CHUNK) {
                    part = Part.CHUNK_END;
                } else if (left == 0) {
                    end();
                }
            }
            case CHUNK_SIZE -> {
                String line = upTo("\r\n");
                if (line == null) {
                    return false;
                }
                left = Long.parseLong(line, 16);
                part = left == 0 ? Part.LAST : Part.CHUNK;
            }
            case CHUNK_END, LAST -> {
                String line = upTo("\r\n");
                if (line == null) {
                    return false;
                }
                if (!line.isEmpty() && part == Part.LAST) {
                    trailers += line + "\r\n";
                } else if (!line.isEmpty()) {
                    throw new AssertionError("behind a chunk: " + line);
                } else if (part == Part.LAST) {
                    onTrailers(trailers);
                    trailers = "";
                    end();
                } else {
                    part = Part.CHUNK_SIZE;
                }
            }
            case TO_END, RAW -> {
                if (from == to) {
                    return false;
                }
                while (from < to) {
                    onBody(bytes[from++]);
                }
            }
        }
        return true;
    }

    private void begin(long length) {
        if (length == CHUNKED) {
            part = Part.CHUNK_SIZE;
        } else if (length == TO_END) {
            part = Part.TO_END;
        } else if (length == RAW) {
            part = Part.RAW;
        } else if (length == 0) {
            end();
        } else {
            left = length;
            part = Part.LENGTH;
        }
    }

    private void end() {
        part = Part.HEAD;
        onEnd();
    }

    private @Nullable String upTo(String mark) {
        for (int at = from; at + mark.length() <= to; at++) {
            if (Arrays.equals(
                    bytes, at, at + mark.length(), mark.getBytes(StandardCharsets.ISO_8859_1), 0, mark.length())) {
                String text = new String(bytes, from, at - from, StandardCharsets.ISO_8859_1);
                from = at + mark.length();
                return text;
            }
        }
        return null;
    }

    /** Value of a field, or null. */
    static @Nullable String field(String head, String name) {
        String lower = head.toLowerCase(Locale.ROOT);
        int at = lower.indexOf("\r\n" + name + ":");
        if (at < 0) {
            return null;
        }
        int end = head.indexOf("\r\n", at + 2);
        return head.substring(at + name.length() + 3, end < 0 ? head.length() : end)
                .strip();
    }

    /** Length of a body by its fields; none is 0. */
    static long bodyLength(String head) {
        if (field(head, "transfer-encoding") != null) {
            return CHUNKED;
        }
        String length = field(head, "content-length");
        return length == null ? 0 : Long.parseLong(length);
    }
}
