package io.offramp.proxy.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.offload.TxSession;
import io.offramp.offload.error.KeyLimitException;
import org.jspecify.annotations.Nullable;

/**
 * The KeyUpdates that we send (RFC 8446 §4.6.3): answers to the peer, and those that our own key needs. Owns the
 * traffic secret. Confined to the event loop.
 */
final class KeyUpdates {
    private static final byte[] NOT_REQUESTED = {24, 0, 0, 1, 0};
    private static final byte[] REQUESTED = {24, 0, 0, 1, 1};

    private final Key key;
    private final @Nullable KeySchedule schedule;
    private final long maxRecords;
    private boolean answerOwed;
    private boolean requestOwed;

    /** The user of our key. */
    interface Key {
        /** The session that protects with it now. */
        TxSession session();

        /** Whether writing is still allowed. */
        boolean isOpen();

        /** Seals earlier writes. */
        void flush();

        /** Seals a KeyUpdate, which moves here, and protects everything after it with the next key. */
        void rekey(ByteBuf message, KeySchedule schedule);

        /** Ends the connection in order, since the key must be replaced but cannot be. */
        KeyLimitException endForKey(String why);
    }

    /**
     * @param schedule null in TLS 1.2, which cannot rekey without the renegotiation that we refuse
     * @param maxRecords under one key
     */
    KeyUpdates(Key key, @Nullable KeySchedule schedule, long maxRecords) {
        this.key = key;
        this.schedule = schedule;
        this.maxRecords = maxRecords;
    }

    /** The peer asked for our KeyUpdate; repeated requests before it leaves get one answer. */
    void oweAnswer() {
        answerOwed = true;
    }

    /** Asks the peer to replace its key: once per key, so that a peer that does not read gets no second request. */
    void oweRequest() {
        requestOwed = true;
    }

    boolean isAnyOwed() {
        return answerOwed || requestOwed;
    }

    /**
     * Bytes that may be spliced at once under this key if each of them were a record, with the same number left for
     * what follows.
     */
    long spliceRoom() {
        return recordsLeft() / 2;
    }

    private long recordsLeft() {
        return maxRecords - key.session().nextSequence();
    }

    /** Sends what is due; true if a flush is due then. */
    boolean settle(boolean isWritable) {
        boolean answers = answerOwed && isWritable;
        if (!key.session().canRekey()) {
            requestOwed = false; // it would be a KeyUpdate of ours; a peer that exhausts its key is refused
            if (answers && schedule != null) {
                end("cannot answer the client's KeyUpdate");
                return false;
            }
        }
        if (!answers && !requestOwed) {
            return false;
        }
        key.flush(); // which may send the answer, or end the connection
        if (answers && answerOwed && key.isOpen()) {
            answer();
        }
        if (requestOwed && key.isOpen()) {
            requestOwed = false;
            send(REQUESTED);
        }
        return true;
    }

    /**
     * Replaces the key before data if that is due, or if the key may not protect all of it.
     *
     * @param records that are about to be protected
     * @return why that is not allowed, and the connection ends; null if it is
     */
    @Nullable
    KeyLimitException prepare(int records) {
        if (!answerOwed && records <= recordsLeft()) {
            return null;
        }
        if (schedule == null || !key.session().canRekey()) {
            return end(
                    answerOwed
                            ? "cannot answer the client's KeyUpdate"
                            : "has protected " + key.session().nextSequence() + " records, limit " + maxRecords
                                    + ", and cannot be changed");
        }
        answer();
        return null;
    }

    /** Wipes the secret. */
    void destroy() {
        if (schedule != null) {
            schedule.destroy();
        }
    }

    /** A KeyUpdate that our own key needs answers the peer as well. */
    private void answer() {
        answerOwed = false;
        send(NOT_REQUESTED);
    }

    // = RFC 8446 §4.6.3
    // # Additionally, both sides MUST enforce that a KeyUpdate with the old key is received before accepting any
    // # messages encrypted with the new key.
    // So it is sent under the old key, and the key changes right after it.
    private void send(byte[] message) {
        if (schedule == null) {
            throw new IllegalStateException("TLS 1.2 has no KeyUpdate");
        }
        key.rekey(Unpooled.wrappedBuffer(message), schedule);
    }

    private KeyLimitException end(String why) {
        answerOwed = false;
        return key.endForKey(why);
    }
}
