package io.offramp.proxy.flow;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Changes of a stream of requests that a mutation of bytes seldom hits on: of lines, fields, numbers and targets. Four
 * bytes each.
 */
final class StreamChanges {
    static final int BYTES = 4;

    private static final int MAX_CHARS = 16 << 10;
    private static final List<String> LINES = List.of(
            "Content-Length: 4",
            "Content-Length: 0",
            "Content-Length: 99",
            "Transfer-Encoding: chunked",
            "Transfer-Encoding: gzip, chunked",
            "Connection: close",
            "Connection: keep-alive, Upgrade",
            "Connection: X-Hop, Host, Content-Length",
            "Upgrade: websocket",
            "Upgrade: h2c, websocket",
            "Upgrade: tcp",
            "Expect: 100-continue",
            "TE: trailers",
            "Max-Forwards: 0",
            "Max-Forwards: 1",
            "X-Forwarded-For: 1.2.3.4",
            "X_Forwarded_For: 1",
            "Content_Length: 4",
            "Host: b",
            "Host: b.",
            " folded",
            "X: y",
            "0",
            "4",
            "4;x=\"y\"",
            "",
            "abcd",
            "GET /app/1 HTTP/1.1",
            "HEAD /app/2 HTTP/1.1",
            "POST /app/3 HTTP/1.1",
            "OPTIONS * HTTP/1.1",
            "TRACE /app HTTP/1.1",
            "GET http://c/app/4 HTTP/1.1",
            "GET /app HTTP/1.0",
            "PRI * HTTP/2.0",
            "CONNECT a:1 HTTP/1.1",
            "Keep-Alive: 5",
            "Proxy: x",
            "Date: x",
            "Forwarded: for=x",
            "Client-Cert: :x:");
    private static final List<String> TEXTS = List.of(
            "\r",
            "\n",
            "\r\n",
            "\t",
            " ",
            ":",
            "\0",
            "\u007f",
            "\u00e9",
            ";",
            "\"",
            "\\",
            ",",
            "=",
            "/../",
            "%2f",
            "%00",
            "//",
            "..;/",
            "app",
            "?",
            "#",
            "\r\n\r\n",
            "HTTP/1.1",
            "chunked",
            "f",
            "-",
            "_");
    private static final List<String> NUMBERS = List.of(
            "0",
            "1",
            "4",
            "00000000000000000004",
            "2147483648",
            "9223372036854775807",
            "9223372036854775808",
            "7fffffffffffffff",
            "ffffffffffffffff",
            "-1",
            "+4",
            "0x4",
            "4 4",
            "4,4",
            "");

    private StreamChanges() {}

    /** @param program {@value #BYTES} bytes for each change: which, where (two), with what */
    static String apply(byte[] program, String stream) {
        String changed = stream;
        for (int at = 0; at < program.length; at += BYTES) {
            int where = (program[at + 1] & 0xFF) << 8 | program[at + 2] & 0xFF;
            changed = change(program[at] & 0xFF, where, program[at + 3] & 0xFF, changed);
        }
        return changed;
    }

    private static String change(int kind, int where, int with, String stream) {
        List<String> lines = new ArrayList<>(Arrays.asList(stream.split("\r\n", -1)));
        int line = where % lines.size();
        int at = stream.isEmpty() ? 0 : where % stream.length();
        return switch (kind % 10) {
            case 0 -> joined(lines, line, lines.get(line));
            case 1 -> {
                lines.remove(line);
                yield String.join("\r\n", lines);
            }
            case 2 -> {
                Collections.swap(lines, line, with % lines.size());
                yield String.join("\r\n", lines);
            }
            case 3, 4 -> joined(lines, line, LINES.get(with % LINES.size()));
            case 5 -> stream.length() * 2 > MAX_CHARS ? stream : stream + stream;
            case 6 -> stream.substring(0, at);
            case 7 -> stream.substring(0, at) + TEXTS.get(with % TEXTS.size()) + stream.substring(at);
            case 8 ->
                stream.substring(0, at)
                        + stream.substring(at).replaceFirst("[0-9a-f]+(?=[;\\r])", NUMBERS.get(with % NUMBERS.size()));
            default -> {
                lines.set(
                        line,
                        lines.get(line)
                                .replaceFirst(
                                        " /",
                                        " /" + TEXTS.get(with % TEXTS.size()).replace("\\", "")));
                yield String.join("\r\n", lines);
            }
        };
    }

    private static String joined(List<String> lines, int at, String line) {
        lines.add(at, line);
        return String.join("\r\n", lines);
    }
}
