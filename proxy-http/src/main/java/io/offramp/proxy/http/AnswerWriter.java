package io.offramp.proxy.http;

import io.netty.buffer.ByteBuf;
import io.offramp.proxy.channel.WriteBurst;
import io.offramp.proxy.http.HeaderRules.Persistence;
import io.offramp.proxy.http.codec.ConnectionOptions;
import io.offramp.proxy.http.codec.Fields;
import io.offramp.proxy.http.codec.Framing;
import io.offramp.proxy.http.codec.Head;
import io.offramp.proxy.upstream.AnswerHead;

/** Writes one answer to a client, framed as its version of HTTP and its request's method allow. */
final class AnswerWriter {
    private final WriteBurst burst;
    private final HttpDate date;
    private final BodyWriter body;
    private int status;
    private boolean endsWithConnection;

    AnswerWriter(WriteBurst burst, HttpDate date) {
        this.burst = burst;
        this.date = date;
        body = new BodyWriter(burst);
    }

    /** Status of the head that was written; 0 before. */
    int status() {
        return status;
    }

    /** Bytes of body so far. */
    long bytes() {
        return body.bytes();
    }

    /** Whether the client can tell the end of the body only from the end of the connection. */
    boolean endsWithConnection() {
        return endsWithConnection;
    }

    /** Whether a client of that version can tell an answer with that framing from the next on the same connection. */
    static boolean canPersist(long framing, boolean modern) {
        return framing >= 0 || modern;
    }

    /** Writes a head that no body follows: an interim one, or that of a 101. */
    void bare(AnswerHead head, boolean switching) {
        if (switching) {
            status = head.status();
        }
        write(head, switching ? Persistence.UPGRADE : Persistence.DEFAULT, Framing.UNTIL_CLOSE, true);
    }

    /**
     * Writes the head.
     *
     * @param bodiless whether there is no body by status or method
     * @param modern whether the client speaks HTTP/1.1
     */
    void begin(AnswerHead head, boolean bodiless, boolean keepAlive, boolean modern) {
        status = head.status();
        boolean chunked = modern && head.framing() < 0;
        endsWithConnection = head.framing() < 0 && !chunked;
        Persistence persistence =
                !keepAlive ? Persistence.CLOSE : modern ? Persistence.DEFAULT : Persistence.KEEP_ALIVE;
        long framing = endsWithConnection ? Framing.UNTIL_CLOSE : chunked ? Framing.CHUNKED : head.framing();
        write(head, persistence, framing, bodiless);
        body.begin(chunked);
    }

    private void write(AnswerHead head, Persistence persistence, long framing, boolean bodiless) {
        Head answer = head.message();
        ConnectionOptions options = head.options();
        ByteBuf out = burst.room(answer.length() + HeaderRules.ADDED_BYTES, head.following());
        HeaderRules.writeAnswer(answer, options, persistence, framing, bodiless, date, out);
    }

    /** Writes a piece of body, which moves here. */
    void body(ByteBuf piece) {
        body.write(piece);
    }

    /** So many bytes of the body, which is not in chunks, went to the client another way. */
    void onSpliced(int bytes) {
        body.onSpliced(bytes);
        burst.countSpliced(bytes);
    }

    /** Writes what ends the body. */
    void end(Fields trailers) {
        body.end(trailers);
    }
}
