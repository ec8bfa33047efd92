package io.offramp.proxy.message;

import org.jspecify.annotations.Nullable;

/**
 * Makes heads from positions in an array: of HTTP/1 as it came, or of a decoded field list that was written as such
 * lines. The array may grow in between, as long as the positions stay true. One builder makes one head after another.
 * Confined to one thread.
 */
public final class HeadBuilder {
    private static final int FIRST_FIELDS = 8;

    private @Nullable Head head;
    /** As many as the last head had: those of one connection are alike. */
    private int expectedFields = FIRST_FIELDS;

    /** Whether nothing of a head is there yet. */
    public boolean isEmpty() {
        return head == null;
    }

    /** Begins a head. */
    public void begin() {
        head = new Head(expectedFields);
    }

    /** Parts of a request's start: a method, a space, a target. */
    public void requestLine(int methodStart, int methodEnd, int targetEnd) {
        head().requestLine(methodStart, methodEnd, targetEnd);
    }

    /** Parts of an answer's start: three digits, and a space and a reason if there is one. */
    public void statusLine(int statusStart, int reasonEnd) {
        head().statusLine(statusStart, reasonEnd);
    }

    /** The version; HTTP/1.0 if this is not called. */
    public void version(Version version) {
        head().version(version);
    }

    /**
     * A field whose line begins at {@code line}, and whose name, without the colon, ends at {@code nameEnd}; gives its
     * kind.
     */
    public Field field(byte[] bytes, int line, int nameEnd) {
        return head().fields().begin(bytes, line, nameEnd);
    }

    /** A field of a known kind. */
    void field(Field kind, int line, int nameEnd) {
        head().fields().begin(kind, line, nameEnd);
    }

    /** The value of the last field: between its colon and the end of its line, with or without blanks around it. */
    public void value(byte[] bytes, int lineEnd) {
        head().fields().value(bytes, lineEnd);
    }

    /** Fields so far. */
    public int fieldCount() {
        return head().fields().size();
    }

    /** Heap that the index of an incomplete head takes. */
    public int indexBytes() {
        return head == null ? 0 : head.fields().indexBytes();
    }

    /**
     * The head is complete; the next begins anew.
     *
     * @param bytes belong to the head from now on
     * @param length up to behind the empty line that ends the fields
     */
    public Head complete(byte[] bytes, int length) {
        Head complete = head();
        complete.complete(bytes, length);
        expectedFields = complete.fields().size();
        head = null;
        return complete;
    }

    /** Forgets an incomplete head. */
    public void forget() {
        head = null;
    }

    private Head head() {
        if (head == null) {
            throw new IllegalStateException("no head was begun");
        }
        return head;
    }
}
