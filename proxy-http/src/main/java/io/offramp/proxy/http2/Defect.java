package io.offramp.proxy.http2;

import io.offramp.proxy.message.Refusal;
import org.jspecify.annotations.Nullable;

/** Faults of a received field list. Most make its message malformed (RFC 9113 §8.1.1), some have a status. */
enum Defect {
    /** Nothing wrong. */
    NONE(""),
    // fields: §8.2.1
    NAME("field name"),
    UPPER_CASE("upper case in a field name"),
    VALUE("field value"),
    BLANKS("blanks around a field value"),
    // §8.2.2
    CONNECTION_FIELD("field of a connection"),
    TE("TE other than trailers"),
    // pseudo fields: §8.3
    PSEUDO_LATE("pseudo field behind fields"),
    PSEUDO_TWICE("pseudo field twice"),
    PSEUDO_UNKNOWN("unknown pseudo field"),
    PSEUDO_EMPTY("empty pseudo field"),
    PSEUDO_MISPLACED("pseudo field of another kind of message"),
    PSEUDO_MISSING("missing pseudo field"),
    METHOD("method"),
    SCHEME("scheme"),
    PATH("path"),
    AUTHORITY("authority"),
    STATUS("status code"),
    CONNECT("CONNECT with a scheme or a path"),
    PROTOCOL("protocol"),
    // what HTTP/1 refuses as well
    SEVERAL_HOSTS("several Host fields", Refusal.BAD_REQUEST),
    OTHER_HOST("Host other than the authority", Refusal.BAD_REQUEST),
    // limits of ours
    LINE_TOO_LONG("path above the limit", Refusal.LINE_TOO_LONG),
    TOO_LARGE("fields above the limit", Refusal.HEAD_TOO_LARGE);

    private final String why;
    private final @Nullable Refusal refusal;

    Defect(String why) {
        this.why = why;
        this.refusal = null;
    }

    Defect(String why, Refusal refusal) {
        this.why = why;
        this.refusal = refusal;
    }

    /** In words, for the log. */
    String why() {
        return why;
    }

    /** Answer to a request with it; null if the stream is reset. */
    @Nullable
    Refusal refusal() {
        return refusal;
    }

    /** Whether the message has to be treated as malformed. */
    boolean isMalformed() {
        return this != NONE && refusal == null;
    }
}
