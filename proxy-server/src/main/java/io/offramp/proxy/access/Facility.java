package io.offramp.proxy.access;

/** Facilities of syslog (RFC 5424 §6.2.1) that may send an access log. */
public enum Facility {
    /** User-level messages. */
    USER(1),
    /** System daemons. */
    DAEMON(3),
    /** Local use. */
    LOCAL0(16),
    /** Local use. */
    LOCAL1(17),
    /** Local use. */
    LOCAL2(18),
    /** Local use. */
    LOCAL3(19),
    /** Local use. */
    LOCAL4(20),
    /** Local use. */
    LOCAL5(21),
    /** Local use. */
    LOCAL6(22),
    /** Local use. */
    LOCAL7(23);

    private static final int INFORMATIONAL = 6;

    private final int code;

    Facility(int code) {
        this.code = code;
    }

    /** PRI of an informational message. */
    int priority() {
        return code * 8 + INFORMATIONAL;
    }
}
