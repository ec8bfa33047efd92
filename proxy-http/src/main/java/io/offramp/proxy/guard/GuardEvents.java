package io.offramp.proxy.guard;

/** Counts the decisions on who may make a request. Called on any thread: never blocks. */
public interface GuardEvents {
    /** Counts nothing. */
    GuardEvents NONE = new GuardEvents() {};

    /** The condition that a refused request does not meet. */
    enum Condition {
        ADDRESS,
        CLIENT_CERTIFICATE,
        BASIC_AUTH,
        FORWARD_AUTH
    }

    /** What has become of a login. */
    enum Login {
        /** It was right a moment ago. */
        REMEMBERED,
        RIGHT,
        WRONG,
        /** Too many wait to be checked. */
        BUSY,
        /** The client has sent too many wrong ones, and has to wait. */
        LIMITED
    }

    /** A request is refused. */
    default void onRefused(Condition condition) {}

    /** A request came with a login. */
    default void onLogin(Login result) {}

    /** A server that decides gave no decision. */
    default void onUndecided() {}
}
