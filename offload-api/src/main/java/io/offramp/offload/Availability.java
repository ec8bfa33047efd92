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

    /** The one value that says yes. */
    static Availability available() {
        return new Available();
    }

    /** A no with its cause. */
    static Availability unavailable(String cause) {
        return new Unavailable(cause);
    }

    /** True where the backend can work. */
    default boolean isAvailable() {
        return this instanceof Available;
    }
}
