package io.offramp.proxy.message;

/**
 * The head of a server's answer, checked, as an exchange takes it from any version of HTTP.
 *
 * @param message status and fields as they came
 * @param options what its Connection fields say
 * @param length bytes of its body, 0 if it has none; negative if that is not known before its end
 * @param following bytes that were read with it
 */
public record AnswerHead(Head message, ConnectionOptions options, long length, int following) {
    /** Status code, 100 to 999. */
    public int status() {
        return message.status();
    }

    /** Whether another head follows: 1xx, except 101. */
    public boolean isInterim() {
        return status() < 200 && status() != 101;
    }

    /** The same with one more field, whose line ends with CRLF. Copies the head. */
    public AnswerHead with(byte[] line) {
        return new AnswerHead(message.with(line), options, length, following);
    }

    /** The same with these changes of its fields; its length stays. Copies the head. */
    public AnswerHead with(FieldEdits edits) {
        return with(edits, length);
    }

    /**
     * The same with these changes of its fields, and another body. Copies the head.
     *
     * @param bodyLength as {@link #length}
     */
    public AnswerHead with(FieldEdits edits, long bodyLength) {
        return new AnswerHead(message.with(edits), options, bodyLength, following);
    }
}
