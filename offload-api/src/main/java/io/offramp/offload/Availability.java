package io.offramp.offload;

/** Whether a backend can work on this machine at all. */
public sealed interface Availability {
    /** It can. */
    record Available() implements Availability {}

    /**
     * It cannot.
     *
     * @param cause one clause for a log line: {@code kernel has no tls module}
     */
    record Unavailable(String cause) implements Availability {}

    /** It can work. */
    static Availability available() {
        return new Available();
    }

    /** It cannot work, for this cause. */
    static Availability unavailable(String cause) {
        return new Unavailable(cause);
    }

    /** True if the backend can work. */
    default boolean isAvailable() {
        return this instanceof Available;
    }
}
