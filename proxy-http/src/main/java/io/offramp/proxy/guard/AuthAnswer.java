package io.offramp.proxy.guard;

import io.offramp.proxy.message.AnswerHead;

/** What has become of a question to a server that decides. */
sealed interface AuthAnswer {
    /** The request may go on. */
    record Allowed(AnswerHead head) implements AuthAnswer {}

    /**
     * The client gets this answer.
     *
     * @param body belongs to the receiver
     */
    record Denied(AnswerHead head, byte[] body) implements AuthAnswer {}

    /**
     * There is no answer that decides.
     *
     * @param reached whether a server has got the question
     */
    record Failed(boolean reached, String why) implements AuthAnswer {}
}
