package io.offramp.proxy.message;

import io.netty.buffer.ByteBuf;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The head of one message: its bytes, and the places of its parts. All versions of HTTP have this form: an HTTP/1 head
 * as it came, an HTTP/2 field list as its decoder wrote it. Made by {@link HeadBuilder}; immutable once complete.
 */
public final class Head {
    private static final AsciiString GET = AsciiString.cached("GET");
    private static final AsciiString HEAD = AsciiString.cached("HEAD");
    private static final AsciiString[] METHODS = {
        GET,
        HEAD,
        AsciiString.cached("POST"),
        AsciiString.cached("PUT"),
        AsciiString.cached("DELETE"),
        AsciiString.cached("OPTIONS"),
        AsciiString.cached("PATCH")
    };
    private static final byte[] NO_BYTES = {};

    private final Fields fields;
    private byte[] bytes = NO_BYTES;
    private int length;
    private Version version = Version.HTTP_1_0;
    /** Of method and target, or of status and reason with the space between them. */
    private int start;

    private int middle;
    private int end;

    /** Made once: the router and the access log ask for it. */
    private @Nullable String target;

    /** @param expectedFields number of fields to make room for */
    Head(int expectedFields) {
        this(new Fields(expectedFields));
    }

    private Head(Fields fields) {
        this.fields = fields;
    }

    /** Parts of a request line. */
    void requestLine(int methodStart, int methodEnd, int targetEnd) {
        start = methodStart;
        middle = methodEnd;
        end = targetEnd;
    }

    /** Parts of a status line. */
    void statusLine(int statusStart, int reasonEnd) {
        start = statusStart;
        end = reasonEnd;
    }

    void version(Version of) {
        version = of;
    }

    void complete(byte[] in, int headLength) {
        bytes = in;
        length = headLength;
        fields.complete(in, headLength - 2);
    }

    /**
     * Keeps the start line and {@link Fields#has} of the fields, and drops the rest: for a forwarded head with a slow
     * body.
     */
    public void forgetFields() {
        bytes = Arrays.copyOf(bytes, end);
        length = end;
        fields.forget();
    }

    /** A copy with one more field. */
    Head with(byte[] line) {
        byte[] longer = Arrays.copyOf(bytes, length + line.length);
        System.arraycopy(line, 0, longer, length - 2, line.length);
        longer[longer.length - 2] = '\r';
        longer[longer.length - 1] = '\n';
        Head copy = new Head(fields.with(longer, length - 2, line.length));
        copy.bytes = longer;
        copy.length = longer.length;
        copy.version = version;
        copy.start = start;
        copy.middle = middle;
        copy.end = end;
        return copy;
    }

    /** A copy with these changes of its fields. */
    public Head with(FieldEdits edits) {
        int from = fields.firstLine();
        byte[] changed = Arrays.copyOf(bytes, from + fields.lineBytes() + edits.length() + 2);
        Fields edited = fields.with(edits, changed, from);
        int last = edited.lastLineEnd();
        changed[last] = '\r';
        changed[last + 1] = '\n';
        Head copy = new Head(edited);
        copy.bytes = changed;
        copy.length = last + 2;
        copy.version = version;
        copy.start = start;
        copy.middle = middle;
        copy.end = end;
        copy.target = target;
        return copy;
    }

    /** Heap that it takes. */
    public int heldBytes() {
        return bytes.length + fields.indexBytes();
    }

    /** Its fields. */
    public Fields fields() {
        return fields;
    }

    /** True if it has all its fields: {@link #forgetFields} was not called. */
    public boolean isWhole() {
        return length > end;
    }

    /** Version of the message. */
    public Version version() {
        return version;
    }

    /** HTTP/1.1 or later. */
    public boolean modern() {
        return version != Version.HTTP_1_0;
    }

    /** Bytes, from the first to behind the empty line. */
    public int length() {
        return length;
    }

    /** Method of a request. */
    public String method() {
        return methodBytes().toString();
    }

    /** Method of a request, as immutable bytes. */
    public AsciiString methodBytes() {
        for (AsciiString known : METHODS) {
            if (isMethod(known)) {
                return known;
            }
        }
        return new AsciiString(bytes, start, middle - start, true);
    }

    /** True if a request's method is GET. */
    public boolean isGet() {
        return isMethod(GET);
    }

    /** True if a request's method is HEAD. */
    public boolean isHead() {
        return isMethod(HEAD);
    }

    /** Methods are compared with their case (RFC 9110 §9.1). */
    private boolean isMethod(AsciiString name) {
        if (middle - start != name.length()) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            if (bytes[start + i] != name.byteAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Target of a request, as it came. */
    public String target() {
        String made = target;
        if (made == null) {
            made = text(middle + 1, end);
            target = made;
        }
        return made;
    }

    private String text(int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }

    /** Status code of an answer, 100 to 999. */
    public int status() {
        return (bytes[start] - '0') * 100 + (bytes[start + 1] - '0') * 10 + bytes[start + 2] - '0';
    }

    /** Copies the method and the space behind it. */
    public void writeMethod(ByteBuf out) {
        out.writeBytes(bytes, start, middle + 1 - start);
    }

    /** Copies status code and reason with the space between them, which is there even if the reason is not. */
    public void writeStatus(ByteBuf out) {
        out.writeBytes(bytes, start, end - start);
        if (end - start == 3) {
            out.writeByte(' ');
        }
    }
}
