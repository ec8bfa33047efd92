package io.offramp.proxy.rule;

import io.netty.buffer.ByteBuf;
import io.offramp.proxy.message.AnswerHead;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Changes the body of one answer on its way to the client. While there is one, nothing is spliced. Buffers move: the
 * given ones here, and those that it gives to their consumer. Confined to the event loop.
 */
public interface AnswerFilter {
    /**
     * The head of an answer behind its rules, and a filter for its body.
     *
     * @param filter null if the body stays as it is
     */
    record Filtered(AnswerHead head, @Nullable AnswerFilter filter) {}

    /** Makes filters. */
    @FunctionalInterface
    interface Maker {
        /** For one answer, whose head has gone through all rules. */
        Filtered of(RuleRequest request, AnswerHead head);
    }

    /** Takes a piece, and gives what is ready. */
    void write(ByteBuf piece, Consumer<ByteBuf> out);

    /** Gives all that can be given so far: the server pauses. */
    void flush(Consumer<ByteBuf> out);

    /** The body is complete; gives the rest. */
    void end(Consumer<ByteBuf> out);

    /** Frees all that it holds: on every way out, once or more often. */
    void release();
}
