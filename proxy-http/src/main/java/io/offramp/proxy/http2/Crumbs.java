package io.offramp.proxy.http2;

import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;

/** The values of one list's Cookie fields, in their order, to be one field (RFC 9113 §8.2.3). */
final class Crumbs {
    private static final int MOST_KEPT = 64;

    private List<AsciiString> values = new ArrayList<>();
    private int bytes;

    void clear() {
        if (values.size() > MOST_KEPT) {
            values = new ArrayList<>();
        }
        values.clear();
        bytes = 0;
    }

    boolean isEmpty() {
        return values.isEmpty();
    }

    void add(AsciiString value) {
        bytes += value.length() + (values.isEmpty() ? 0 : 2);
        values.add(value);
    }

    /** Bytes of the joined value. */
    int length() {
        return bytes;
    }

    /** Writes them with {@code "; "} in between; gives the place behind. */
    int write(byte[] out, int start) {
        int at = start;
        for (int i = 0; i < values.size(); i++) {
            if (i > 0) {
                out[at++] = ';';
                out[at++] = ' ';
            }
            AsciiString value = values.get(i);
            System.arraycopy(value.array(), value.arrayOffset(), out, at, value.length());
            at += value.length();
        }
        return at;
    }
}
