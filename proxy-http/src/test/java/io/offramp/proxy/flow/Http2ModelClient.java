package io.offramp.proxy.flow;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.offramp.proxy.flow.Http2ClientPeer.Call;
import io.offramp.proxy.flow.Message.Sort;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A client of HTTP/2, with a few streams at once. */
final class Http2ModelClient extends ClientModel {
    private static final int MOST_OPEN = 20;

    private final Http2ClientPeer frames;
    private final List<Asking> open = new ArrayList<>();

    /** One stream. */
    private static final class Asking {
        final Message message;
        final Call call;
        int checked;

        Asking(Message message, Call call) {
            this.message = message;
            this.call = call;
        }

        boolean isTunnel() {
            return message.sort == Sort.UPGRADE && message.isDone();
        }

        /** Whether the proxy has answered itself. */
        boolean isOwn() {
            return call.head != null && !call.head.contains("x-tag");
        }
    }

    Http2ModelClient(Peer peer) {
        super(peer);
        frames = new Http2ClientPeer(peer);
    }

    @Override
    boolean mayAsk() {
        return !hasEnded() && open.size() < MOST_OPEN && frames.takesStreams();
    }

    @Override
    void ask(Message message) {
        requests.add(message);
        open.add(new Asking(message, begin(message)));
    }

    private Call begin(Message message) {
        String path = message.target();
        return switch (message.sort) {
            case GET, OLD, NOWHERE -> frames.askFor(path, true, "GET");
            case HEAD -> frames.askFor(path, true, "HEAD");
            case LENGTH, PUT ->
                frames.askFor(
                        path,
                        message.bodyBytes == 0,
                        message.method(),
                        "content-length",
                        Integer.toString(message.bodyBytes));
            case CHUNKED -> frames.askFor(path, false, "POST");
            case UPGRADE ->
                frames.askFor(path, false, "CONNECT", ":protocol", "websocket", "sec-websocket-version", "13");
        };
    }

    @Override
    void send(int most) {
        if (peer.isStalled()) {
            return; // it would not see its credit
        }
        for (Asking each : List.copyOf(open)) {
            if (!hasEnded() && each.call.mayWrite()) {
                send(each, Math.min(most, 3000));
            }
        }
    }

    private void send(Asking to, int most) {
        Message message = to.message;
        if (to.isTunnel()) {
            frames.body(to.call, false, bytes(message, most));
        } else if (message.mayHaveBody()) {
            int bytes = Math.min(most, message.bodyBytes - message.bodySent);
            boolean last = message.bodySent + bytes == message.bodyBytes;
            boolean trailers =
                    last && message.sort == Sort.CHUNKED && !message.trailer().isEmpty();
            frames.body(to.call, last && !trailers, bytes(message, bytes));
            if (trailers) {
                frames.trailers(to.call, "x-sum", Integer.toString(message.number));
            }
        }
    }

    private static byte[] bytes(Message message, int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = message.requestByte(message.bodySent++);
        }
        return bytes;
    }

    @Override
    boolean hasToSend() {
        return false;
    }

    @Override
    boolean isHeard() {
        return !peer.isStalled();
    }

    @Override
    void forget() {}

    @Override
    void takeBack(int n) {
        if (open.isEmpty() || hasEnded()) {
            return;
        }
        Asking some = open.remove(n % open.size());
        some.message.takenBack();
        frames.reset(some.call, n % 3 == 0 ? Http2Error.NO_ERROR : Http2Error.CANCEL);
    }

    @Override
    boolean read() {
        boolean sent = frames.read();
        for (Asking each : List.copyOf(open)) {
            check(each);
            if (each.call.reset != null || each.call.ended && (each.call.wrote || !each.isTunnel())) {
                each.message.done();
                if (each.call.reset != null) {
                    each.message.takenBack();
                }
                open.remove(each);
            }
        }
        return sent;
    }

    private static void check(Asking asking) {
        Call call = asking.call;
        Message message = asking.message;
        Http2Headers head = call.head;
        if (head == null) {
            return;
        }
        String status = String.valueOf(head.status());
        if (asking.isOwn()
                ? !ModelClient.OWN.contains(status)
                : Integer.parseInt(String.valueOf(head.get("x-tag"))) != message.number) {
            throw new AssertionError("in answer to " + message + ": " + head);
        }
        message.own |= asking.isOwn();
        if (message.sort == Sort.UPGRADE && !asking.isOwn()) {
            message.done();
        }
        if (!asking.isOwn()) {
            checkBody(asking, call.body.toByteArray());
            checkTrailers(message, call.trailers);
            if (call.ended && !asking.isTunnel() && !message.answerUntilClose) {
                checkEnd(message);
            }
        }
    }

    private static void checkBody(Asking asking, byte[] body) {
        Message message = asking.message;
        for (; asking.checked < body.length; asking.checked++) {
            if (body[asking.checked] != message.answerByte(message.answerArrived++)) {
                throw new AssertionError("byte " + message.answerArrived + " of the answer to " + message);
            }
        }
    }

    private static void checkTrailers(Message message, @Nullable Http2Headers trailers) {
        String lines = trailers == null || trailers.isEmpty() ? "" : "X-Sum: " + trailers.get("x-sum") + "\r\n";
        if (!lines.isEmpty() && !lines.equals(message.trailer())) {
            throw new AssertionError("trailers of the answer to " + message + ": " + trailers);
        }
    }

    private static void checkEnd(Message message) {
        if (!message.isAnswered() || message.sort != Sort.HEAD && message.answerArrived != message.answerSent) {
            throw new AssertionError("the answer to " + message + " seems whole and is not");
        }
    }
}
