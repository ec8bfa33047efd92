package io.offramp.proxy.metrics;

/** The classes of statuses (RFC 9110 §15). */
enum StatusClass {
    INFORMATIONAL,
    SUCCESSFUL,
    REDIRECTION,
    CLIENT_ERROR,
    SERVER_ERROR;

    private static final StatusClass[] ALL = values();

    /** A status that HTTP does not have counts as the nearest. */
    static StatusClass of(int status) {
        return ALL[Math.clamp(status / 100, 1, ALL.length) - 1];
    }

    /** {@code 2xx}. */
    String label() {
        return ordinal() + 1 + "xx";
    }
}
