package io.offramp.proxy.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.offramp.offload.TxSession;
import io.offramp.offload.error.KeyLimitException;
import org.jspecify.annotations.Nullable;

/**
 * The KeyUpdates that we send (RFC 8446 §4.6.3): which are owed to the peer, and which our own key needs. Owns the
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

    /** The key that we protect with. */
    interface Key {
        /** What protects with it now. */
        TxSession session();

        /** Whether anything may still be written. */
        boolean isOpen();

        /** Seals what was written before. */
        void flush();

        /** Seals a KeyUpdate, ownership moves, and protects everything behind it with the next key. */
        void rekey(ByteBuf message, KeySchedule schedule);

        /** Ends the connection in order, since the key must be replaced and cannot be. */
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

    /** The peer asked for our KeyUpdate; it is sent once, however often it is asked for before it leaves. */
    void oweAnswer() {
        answerOwed = true;
    }

    /** The peer is to replace its key. Once per key, however little it reads: it cannot make us ask more often. */
    void oweRequest() {
        requestOwed = true;
    }

    boolean isAnyOwed() {
        return answerOwed || requestOwed;
    }

    /**
     * Bytes that may be spliced at once under this key if each of them were a record, with as many left for what comes
     * behind.
     */
    long spliceRoom() {
        return recordsLeft() / 2;
    }

    private long recordsLeft() {
        return maxRecords - key.session().nextSequence();
    }

    /** Pays what is owed; true if a flush is due. */
    boolean settle(boolean isWritable) {
        boolean answers = answerOwed && isWritable;
        if (!key.session().canRekey()) {
            requestOwed = false; // it would be a KeyUpdate of ours; a client that wears its key out is turned away
            if (answers && schedule != null) {
                end("cannot answer the client's KeyUpdate");
                return false;
            }
        }
        if (!answers && !requestOwed) {
            return false;
        }
        key.flush(); // which may pay the answer, or end the connection
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
     * Replaces the key before data if that is owed, or if the key may not protect all of it.
     *
     * @param records that are about to be protected
     * @return why they must not be: the connection ends; null if they may
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
    // So it goes out under the old key, and the keys change right behind it.
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
