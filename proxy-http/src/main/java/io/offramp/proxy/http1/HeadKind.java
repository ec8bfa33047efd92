package io.offramp.proxy.http1;

/** What kind of head. */
enum HeadKind {
    /** Request line and fields. */
    REQUEST,
    /** Status line and fields. */
    ANSWER,
    /** Fields alone, of a request. */
    REQUEST_TRAILERS,
    /** Fields alone, of an answer. */
    ANSWER_TRAILERS;

    boolean isTrailers() {
        return this == REQUEST_TRAILERS || this == ANSWER_TRAILERS;
    }

    boolean isOfAnswer() {
        return this == ANSWER || this == ANSWER_TRAILERS;
    }
}
