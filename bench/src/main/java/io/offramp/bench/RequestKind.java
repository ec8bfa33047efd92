package io.offramp.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.Random;

/** What a client asks and what the server answers, as HTTP/1.1 on a connection that is kept. */
public enum RequestKind {
    /** Answered with 1 KiB. */
    GET_1K("GET", 0, 1 << 10),
    /** Answered with 16 KiB. */
    GET_16K("GET", 0, 16 << 10),
    /** A body of 16 KiB, answered with 1 KiB. */
    POST_16K("POST", 16 << 10, 1 << 10);

    /** Of all requests. */
    static final String HOST = "bench.example";

    /** Of all requests, without query. */
    static final String PATH = "/bytes";

    private static final String END_OF_HEAD = "\r\n\r\n";

    private final String requestLine;
    private final byte[] request;
    private final byte[] answer;

    RequestKind(String method, int requestBytes, int answerBytes) {
        requestLine = method + " " + PATH + "?n=" + answerBytes + " HTTP/1.1\r\n";
        String fields = "Host: " + HOST + "\r\nUser-Agent: bench/1.0\r\nAccept: */*\r\n";
        request = message(requestLine + fields + length(requestBytes), requestBytes);
        answer = message(
                "HTTP/1.1 200 OK\r\nDate: Sun, 29 Nov 2026 08:00:00 GMT\r\nContent-Type: application/octet-stream\r\n"
                        + length(answerBytes),
                answerBytes);
    }

    private static String length(int bytes) {
        return bytes == 0 ? "\r\n" : "Content-Length: " + bytes + END_OF_HEAD;
    }

    private static byte[] message(String head, int bodyBytes) {
        byte[] body = new byte[bodyBytes];
        new Random(9112).nextBytes(body);
        byte[] message = Arrays.copyOf(head.getBytes(US_ASCII), head.length() + bodyBytes);
        System.arraycopy(body, 0, message, head.length(), bodyBytes);
        return message;
    }

    /** Head and body; not a copy. */
    byte[] request() {
        return request;
    }

    /** Head and body; not a copy. */
    byte[] answer() {
        return answer;
    }

    /** @throws IllegalStateException if the proxy has passed on anything but this request */
    void checkRequest(byte[] passed) {
        check("request", passed, requestLine, request);
    }

    /** @throws IllegalStateException if the client got anything but this answer */
    void checkAnswer(byte[] passed) {
        check("answer", passed, "HTTP/1.1 200 OK\r\n", answer);
    }

    private static void check(String what, byte[] passed, String start, byte[] sent) {
        String text = new String(passed, US_ASCII);
        boolean same = Arrays.equals(body(passed), body(sent));
        if (!text.startsWith(start) || !same) {
            int shown = Math.min(text.length(), 400);
            throw new IllegalStateException("wrong " + what + " of " + passed.length + " bytes, its body "
                    + (same ? "right" : "wrong") + ": " + text.substring(0, shown));
        }
    }

    private static byte[] body(byte[] message) {
        int end = new String(message, US_ASCII).indexOf(END_OF_HEAD);
        return end < 0 ? new byte[0] : Arrays.copyOfRange(message, end + END_OF_HEAD.length(), message.length);
    }
}
