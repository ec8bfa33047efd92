package io.offramp.proxy.flow;

import io.offramp.proxy.flow.Message.Sort;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A client of HTTP/1.1, whose answers come in the order of its requests. */
final class ModelClient extends ClientModel {
    /** What the proxy may answer by itself. */
    static final Set<String> OWN = Set.of("400", "404", "408", "413", "502", "503", "504");

    private final Outgoing out;
    private final Answers in = new Answers();
    private int next;

    ModelClient(Peer peer) {
        super(peer);
        out = new Outgoing(peer);
    }

    /** Not behind one that may become a tunnel. */
    @Override
    boolean mayAsk() {
        Message last = requests.isEmpty() ? null : requests.getLast();
        return !hasEnded() && (last == null || last.sort != Sort.UPGRADE || last.isDone());
    }

    @Override
    void ask(Message message) {
        requests.add(message);
        out.add(message.head());
        int chunk = message.sort == Sort.CHUNKED ? 1 + message.number % 700 : Math.max(1, message.bodyBytes);
        for (int from = 0; from < message.bodyBytes; from += chunk) {
            byte[] body = new byte[Math.min(chunk, message.bodyBytes - from)];
            for (int i = 0; i < body.length; i++) {
                body[i] = message.requestByte(from + i);
            }
            if (message.sort == Sort.CHUNKED) {
                out.add(Integer.toHexString(body.length) + "\r\n");
            }
            out.add(body, (count, last) -> message.bodySent += count);
            if (message.sort == Sort.CHUNKED) {
                out.add("\r\n");
            }
        }
        if (message.sort == Sort.CHUNKED) {
            out.add("0\r\n" + message.trailer() + "\r\n");
        }
    }

    @Override
    void send(int most) {
        if (hasEnded()) {
            return;
        }
        if (in.tunnel != null) {
            Message tunnel = in.tunnel;
            byte[] bytes = new byte[Math.min(most, peer.room())];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = tunnel.requestByte(tunnel.bodySent + i);
            }
            tunnel.bodySent += bytes.length;
            peer.send(bytes);
        } else {
            out.send(most);
        }
    }

    @Override
    boolean hasToSend() {
        return !hasEnded() && peer.isOpen() && !out.isEmpty();
    }

    @Override
    boolean isHeard() {
        return true;
    }

    @Override
    void forget() {
        out.clear();
    }

    @Override
    void takeBack(int n) {
        reset();
    }

    @Override
    boolean read() {
        in.add(peer.take());
        if (!hasEnded() && peer.hasEnded()) {
            in.onStreamEnd();
        }
        return false;
    }

    private final class Answers extends Incoming {
        @Nullable
        Message tunnel;

        @SuppressWarnings("NullAway.Init")
        private Message current;

        private boolean interim;
        private boolean own;

        @Override
        long onHead(String head) {
            String status = head.substring(9, 12);
            String tag = field(head, "x-tag");
            if (next >= requests.size()) {
                throw new AssertionError("an answer that nobody asked for: " + head);
            }
            current = requests.get(next);
            own = tag == null;
            if (own ? !OWN.contains(status) : Integer.parseInt(tag) != current.number) {
                throw new AssertionError("in answer to " + current + ": " + head);
            }
            current.own |= own;
            interim = status.startsWith("1");
            if (interim && current.sort == Sort.OLD) {
                throw new AssertionError("to a client that knows no interim answers: " + head);
            }
            if (status.equals("101")) {
                tunnel = current;
                current.done();
                return RAW;
            }
            if (interim || current.sort == Sort.HEAD) {
                return 0;
            }
            return field(head, "content-length") == null && field(head, "transfer-encoding") == null
                    ? TO_END
                    : bodyLength(head);
        }

        @Override
        void onBody(byte value) {
            if (!own && value != current.answerByte(current.answerArrived++)) {
                throw new AssertionError("byte " + current.answerArrived + " of the answer to " + current);
            }
        }

        @Override
        void onTrailers(String lines) {
            String expected = current.answerUntilClose ? "" : current.trailer();
            if (current.sort == Sort.OLD || !lines.equalsIgnoreCase(expected)) {
                throw new AssertionError("trailers of the answer to " + current + ": " + lines);
            }
        }

        /** An answer that ends with its connection is whole where that ends in order. */
        void onStreamEnd() {
            boolean cutShows = isToEnd() && !own && !current.answerUntilClose;
            if (cutShows && (!current.isAnswered() || current.answerArrived != current.answerSent)) {
                throw new AssertionError("the answer to " + current + " seems whole and is not");
            }
        }

        @Override
        void onEnd() {
            if (!interim) {
                current.done();
                next++;
            }
        }
    }
}
