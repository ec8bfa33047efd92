package io.offramp.app.demo;

import io.netty.buffer.ByteBuf;

/** The answer to one request, from its head on. Confined to the event loop; does not flush. */
interface Answer {
    /** The next piece of the request's content; borrowed. */
    default void onContent(ByteBuf content) {}

    /** The request is complete. */
    void onEnd();

    /** The client can take more: continues an answer that had to stop. */
    default void onWritable() {}

    /** True once the answer has been written to its end. */
    default boolean isComplete() {
        return true;
    }
}
