package io.offramp.proxy.flow;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One request of the model, and what has become of it. Requests and answers carry its number, and every byte of a body
 * follows from the number and the place, so that a byte in the wrong place shows.
 */
final class Message {
    final int number;
    final Sort sort;
    final int bodyBytes;
    /** Bytes of the body that the client has sent. */
    int bodySent;
    /** Bytes of it that a server has read. */
    int bodyArrived;
    /** Bytes of body that a server has sent in answer. */
    int answerSent;
    /** Bytes of it that the client has read. */
    int answerArrived;
    /** Its answer ends with the server's connection, whether it is whole or not. */
    boolean answerUntilClose;
    /** The farthest that a server has come with it. */
    private Service service = Service.NONE;

    private End end = End.OPEN;
    /** The proxy has answered it by itself. */
    boolean own;
    /** Changes by the operator before it. */
    int changesBefore;
    /** The connection on which it came to a server last. */
    @Nullable
    Peer server;
    /** Servers that saw its head and have not said that they did nothing for it. */
    private int attempts;

    private enum End {
        OPEN,
        /** The client saw the end of its answer. */
        DONE,
        /** Its stream was reset. */
        TAKEN_BACK
    }

    private enum Service {
        NONE,
        ASKED,
        ANSWERED
    }

    enum Sort {
        GET,
        /** HTTP/1.0. */
        OLD,
        HEAD,
        LENGTH,
        /** As {@code LENGTH}, of a method that may be repeated. */
        PUT,
        CHUNKED,
        UPGRADE,
        NOWHERE
    }

    Message(int number, Sort sort, int bodyBytes) {
        this.number = number;
        this.sort = sort;
        this.bodyBytes = mayHaveBody() ? bodyBytes : 0;
    }

    boolean mayHaveBody() {
        return sort == Sort.LENGTH || sort == Sort.PUT || sort == Sort.CHUNKED;
    }

    /** A server saw its head, perhaps after another: only of a method that may be repeated. */
    void arrive() {
        if (hasArrived() && method().equals("POST")) {
            throw new AssertionError(this + " came twice");
        }
        service = Service.ASKED;
        attempts++;
        answerUntilClose = false;
        answerSent = 0;
        bodyArrived = 0;
    }

    boolean hasArrived() {
        return service != Service.NONE;
    }

    /** The server has done nothing for it, and says so. */
    void refused() {
        service = Service.NONE;
        attempts--;
    }

    int attempts() {
        return attempts;
    }

    /** All of an answer was sent by a server. */
    void answered() {
        service = Service.ANSWERED;
    }

    boolean isAnswered() {
        return service == Service.ANSWERED;
    }

    void done() {
        end = end == End.OPEN ? End.DONE : end;
    }

    void takenBack() {
        end = End.TAKEN_BACK;
    }

    boolean isDone() {
        return end != End.OPEN;
    }

    boolean isTakenBack() {
        return end == End.TAKEN_BACK;
    }

    String target() {
        return (sort == Sort.NOWHERE ? "/nowhere/" : "/app/") + number;
    }

    String method() {
        return switch (sort) {
            case HEAD -> "HEAD";
            case PUT -> "PUT";
            case LENGTH, CHUNKED -> "POST";
            case GET, OLD, UPGRADE, NOWHERE -> "GET";
        };
    }

    String head() {
        String version = sort == Sort.OLD ? "HTTP/1.0" : "HTTP/1.1";
        String line = method() + " " + target() + " " + version + "\r\nHost: a\r\n";
        return switch (sort) {
            case OLD -> line + (number % 3 == 0 ? "" : "Connection: keep-alive\r\n") + "\r\n";
            case LENGTH, PUT -> line + "Content-Length: " + bodyBytes + "\r\n\r\n";
            case CHUNKED -> line + "Transfer-Encoding: chunked\r\n\r\n";
            case UPGRADE ->
                line + "Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
            default -> line + "\r\n";
        };
    }

    /** Of bodies in chunks, one in two. */
    String trailer() {
        return number % 2 == 0 ? "X-Sum: " + number + "\r\n" : "";
    }

    byte requestByte(int at) {
        return (byte) ('A' + (number * 7 + at) % 26);
    }

    byte answerByte(int at) {
        return (byte) ('a' + (number * 11 + at) % 26);
    }

    byte[] answerBytes(int from, int bytes) {
        byte[] part = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            part[i] = answerByte(from + i);
        }
        return part;
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public String toString() {
        return sort + " " + target();
    }
}
