package io.offramp.proxy.flow;

import static java.util.Objects.requireNonNull;

import io.offramp.proxy.flow.Message.Sort;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** One connection to a server of HTTP/1.1, which answers whatever it is asked, in its own time. */
final class ModelServer implements ServerModel {
    private final Peer peer;
    private final IntFunction<Message> messages;
    private final Outgoing out;
    private final Requests in = new Requests();
    /** Whose head came last. */
    private @Nullable Message reading;
    /** Not answered yet, or not wholly. */
    private @Nullable Message asked;

    private String proof = "";
    private boolean complete;
    private Answer answer = Answer.NONE;
    private boolean ended;

    private enum Answer {
        NONE,
        BEGUN,
        /** The answer has opened it, and it lasts as long as the connection. */
        TUNNEL
    }

    ModelServer(Peer peer, IntFunction<Message> messages) {
        this.peer = peer;
        this.messages = messages;
        out = new Outgoing(peer);
    }

    @Override
    public Peer peer() {
        return peer;
    }

    @Override
    public boolean hasEnded() {
        return ended;
    }

    @Override
    public List<Message> served() {
        return reading == null ? List.of() : List.of(reading);
    }

    @Override
    public boolean isTunnel(Message message) {
        return answer == Answer.TUNNEL;
    }

    @Override
    public boolean read() {
        in.add(peer.take());
        return false;
    }

    @Override
    public void answer(int n, boolean early) {
        Message message = asked;
        if (message == null || answer != Answer.NONE || ended || !complete && !early) {
            return;
        }
        answer = Answer.BEGUN;
        String tag = "X-Tag: " + message.number + "\r\n";
        if (message.sort == Sort.UPGRADE && n % 4 != 0) {
            out.add(
                    Message.ascii("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
                            + "Sec-WebSocket-Accept: " + proof + "\r\n" + tag + "\r\n"),
                    (count, last) -> {
                        if (last) {
                            answer = Answer.TUNNEL;
                            message.answered();
                        }
                    });
            return;
        }
        boolean bare = message.sort == Sort.HEAD;
        int length = n / 4 % 3000;
        int framing = n / 12_000 % 4;
        boolean close = message.sort == Sort.UPGRADE || framing == 3;
        String status = n % 5 == 0 && message.sort != Sort.UPGRADE ? "503 Busy" : "200 OK";
        String head = "HTTP/1.1 " + status + "\r\n" + tag + (close ? "Connection: close\r\n" : "");
        switch (framing) {
            case 0, 1 -> {
                out.add(head + "Content-Length: " + length + "\r\n\r\n");
                body(message, bare ? 0 : length, 0);
            }
            case 2 -> {
                out.add(head + "Transfer-Encoding: chunked\r\n\r\n");
                for (int from = 0; from < length && !bare; from += 500) {
                    int bytes = Math.min(500, length - from);
                    out.add(Integer.toHexString(bytes) + "\r\n");
                    body(message, bytes, from);
                    out.add("\r\n");
                }
                out.add(bare ? "" : "0\r\n" + message.trailer() + "\r\n");
            }
            default -> {
                message.answerUntilClose = true;
                out.add(head + "\r\n");
                body(message, bare ? 0 : length, 0);
            }
        }
        out.add(new byte[0], (count, last) -> onAnswered(message, close));
    }

    private void body(Message message, int bytes, int from) {
        out.add(message.answerBytes(from, bytes), (count, last) -> message.answerSent += count);
    }

    private void onAnswered(Message message, boolean close) {
        message.answered();
        answer = Answer.NONE;
        asked = null;
        if (close) {
            end();
        }
    }

    /** RFC 6455 §4.2.2. */
    private static String proof(@Nullable String key) {
        if (key == null) {
            return "";
        }
        try {
            byte[] text = Message.ascii(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void answerTwice(int n) {
        answer(n, false);
        if (answer != Answer.BEGUN || reading != null && reading.sort == Sort.UPGRADE) {
            return;
        }
        out.send(Integer.MAX_VALUE);
        if (out.isEmpty() && !ended) {
            peer.send(Message.ascii("HTTP/1.1 200 OK\r\nX-Tag: 999999999\r\nContent-Length: 5\r\n\r\nwrong"));
        }
    }

    @Override
    public void stray(int n) {
        if (reading == null && !ended || asked == null && in.isBetweenMessages() && out.isEmpty()) {
            peer.send(Message.ascii("HTTP/1.1 200 OK\r\nX-Tag: 999999999\r\nContent-Length: 5\r\n\r\nwrong"));
        }
    }

    @Override
    public void interim(int bytes) {
        Message message = asked;
        if (message != null && answer == Answer.NONE && !ended && out.isEmpty()) {
            out.add("HTTP/1.1 103 Early Hints\r\nX-Tag: " + message.number + "\r\nLink: " + "x".repeat(bytes)
                    + "\r\n\r\n");
        }
    }

    @Override
    public void send(int most) {
        if (ended) {
            return;
        }
        Message message = reading;
        if (answer == Answer.TUNNEL && message != null && out.isEmpty()) {
            int bytes = Math.min(most, peer.room());
            peer.send(message.answerBytes(message.answerSent, bytes));
            message.answerSent += bytes;
        } else {
            out.send(most);
        }
    }

    @Override
    public void end() {
        ended = true;
        out.clear();
        peer.endOutput();
    }

    @Override
    public void reset() {
        ended = true;
        out.clear();
        peer.reset();
    }

    private final class Requests extends Incoming {
        @Override
        long onHead(String head) {
            String target = head.split(" ", 3)[1];
            Message message = messages.apply(Integer.parseInt(target.substring(target.lastIndexOf('/') + 1)));
            if (asked != null || !message.target().equals(target)) {
                throw new AssertionError(message + " came while " + asked + " was not answered");
            }
            message.arrive();
            reading = message;
            asked = message;
            proof = proof(field(head, "sec-websocket-key"));
            complete = !message.mayHaveBody();
            return message.sort == Sort.UPGRADE ? RAW : bodyLength(head);
        }

        @Override
        void onBody(byte value) {
            Message message = requireNonNull(reading);
            if (value != message.requestByte(message.bodyArrived++)) {
                throw new AssertionError("byte " + message.bodyArrived + " of " + message);
            }
        }

        @Override
        void onTrailers(String lines) {
            Message message = requireNonNull(reading);
            if (!lines.equalsIgnoreCase(message.trailer())) { // names of HTTP/2 are in lower case
                throw new AssertionError("trailers of " + message + ": " + lines);
            }
        }

        @Override
        void onEnd() {
            complete = true;
            Message message = requireNonNull(reading);
            if (message.bodyArrived != message.bodyBytes) {
                throw new AssertionError(message.bodyArrived + " of " + message.bodyBytes + " bytes of " + message);
            }
        }
    }
}
