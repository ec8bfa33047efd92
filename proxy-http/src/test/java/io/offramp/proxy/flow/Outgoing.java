package io.offramp.proxy.flow;

import java.util.ArrayDeque;
import java.util.Arrays;

/** What a peer is going to send, in any cuts. */
final class Outgoing {
    private final Peer peer;
    private final ArrayDeque<Part> parts = new ArrayDeque<>();

    /** Called for bytes of a part that are on their way. */
    interface Sent {
        void bytes(int count, boolean last);
    }

    private static final class Part {
        final byte[] bytes;
        final Sent sent;
        int from;

        Part(byte[] bytes, Sent sent) {
            this.bytes = bytes;
            this.sent = sent;
        }
    }

    Outgoing(Peer peer) {
        this.peer = peer;
    }

    void add(byte[] bytes, Sent sent) {
        parts.addLast(new Part(bytes, sent));
    }

    void add(String text) {
        add(Message.ascii(text), (count, last) -> {});
    }

    boolean isEmpty() {
        return parts.isEmpty();
    }

    /** Sends at most {@code most} bytes, and no more than there is room for. */
    void send(int most) {
        int room = Math.min(most, peer.room());
        while (!parts.isEmpty() && (room > 0 || parts.getFirst().bytes.length == 0)) {
            Part first = parts.getFirst();
            int bytes = Math.min(room, first.bytes.length - first.from);
            peer.send(Arrays.copyOfRange(first.bytes, first.from, first.from + bytes));
            first.from += bytes;
            room -= bytes;
            boolean last = first.from == first.bytes.length;
            if (last) {
                parts.removeFirst();
            }
            first.sent.bytes(bytes, last);
            if (!last) {
                return;
            }
        }
    }

    void clear() {
        parts.clear();
    }
}
