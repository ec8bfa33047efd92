package io.offramp.offload;

/** A setting of a backend that an operator may change while the backend is open. Thread-safe. */
public interface LiveSetting {
    /** The value now. */
    String value();

    /** What a change holds for: {@code new connections}. */
    String scope();

    /**
     * Changes it.
     *
     * @throws IllegalArgumentException if the value is wrong, or none but the present one is possible; says why
     */
    void change(String value);
}
