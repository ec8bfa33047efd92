package io.offramp.offload;

/**
 * The answer to an install. A refusal is a value: it leaves the connection as if nothing had been tried.
 *
 * @param <S> {@link TxSession} or {@link RxSession}
 */
public sealed interface InstallResult<S> {
    /**
     * The direction is the session's from here on, keys included.
     *
     * @param session confined to the channel's event loop
     */
    record Installed<S>(S session) implements InstallResult<S> {}

    /**
     * The keys are still the caller's, untouched.
     *
     * @param reason for metrics
     * @param detail for people: {@code device has no TIS left (4096 in use)}
     */
    record Declined<S>(DeclineReason reason, String detail) implements InstallResult<S> {}
}
