package io.offramp.proxy.http1;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** HTTP by hand, as little as the tests need: independent of what is tested. */
final class Wire {
    private Wire() {}

    /** An answer as a client saw it. */
    record Answer(String head, String body) {
        int status() {
            return Integer.parseInt(head.substring(9, 12));
        }

        /** Value of a field, or null. */
        @Nullable
        String field(String name) {
            for (String line : head.split("\r\n")) {
                if (line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":")) {
                    return line.substring(name.length() + 1).strip();
                }
            }
            return null;
        }
    }

    /** Start line and fields with the empty line, or null at the end of the stream before the first byte. */
    static @Nullable String readHead(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int last = 0;
        while (true) {
            int b = in.read();
            if (b < 0) {
                if (head.size() == 0) {
                    return null;
                }
                throw new EOFException("in head: " + head);
            }
            head.write(b);
            last = last << 8 | b;
            if (last == 0x0D0A0D0A) {
                return head.toString(StandardCharsets.ISO_8859_1);
            }
        }
    }

    /** A whole answer to GET. */
    static Answer readAnswer(InputStream in) throws IOException {
        String head = readHead(in);
        if (head == null) {
            throw new EOFException("no answer");
        }
        Answer bare = new Answer(head, "");
        if (bare.status() < 200 || bare.status() == 204 || bare.status() == 304) {
            return bare;
        }
        return new Answer(head, new String(readBody(in, bare), StandardCharsets.ISO_8859_1));
    }

    /** The body behind a head. */
    static byte[] readBody(InputStream in, Answer answer) throws IOException {
        if ("chunked".equals(answer.field("Transfer-Encoding"))) {
            return readChunks(in);
        }
        String length = answer.field("Content-Length");
        return length == null ? in.readAllBytes() : readExactly(in, Integer.parseInt(length));
    }

    /** Data of a chunked body; trailers as text behind it. */
    static byte[] readChunks(InputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            int size = Integer.parseInt(readLine(in), 16);
            if (size == 0) {
                break;
            }
            body.write(readExactly(in, size));
            if (!readLine(in).isEmpty()) {
                throw new IOException("no CRLF behind a chunk");
            }
        }
        for (String line = readLine(in); !line.isEmpty(); line = readLine(in)) {
            body.write((line + "\n").getBytes(StandardCharsets.ISO_8859_1));
        }
        return body.toByteArray();
    }

    static byte[] readExactly(InputStream in, int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException(bytes.length + " of " + length + " bytes");
        }
        return bytes;
    }

    static String readLine(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("in line: " + line);
            }
            line.append((char) b);
        }
        if (line.isEmpty() || line.charAt(line.length() - 1) != '\r') {
            throw new IOException("bare line feed behind: " + line);
        }
        return line.substring(0, line.length() - 1);
    }
}
