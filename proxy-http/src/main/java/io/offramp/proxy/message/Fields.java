package io.offramp.proxy.message;

import io.netty.buffer.ByteBuf;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The field lines of a head or of trailers: the received bytes, with the place of each line, name and value. Forwarding
 * copies bytes, line by line or in runs; strings are made only of parts that a proxy has to understand. All indices are
 * of fields, in their order.
 */
public final class Fields {
    private static final byte[] NO_BYTES = {};
    private static final int[] NO_SPANS = {};
    private static final Field[] NO_KINDS = {};

    /** No field. */
    public static final Fields NONE = new Fields(0);

    private static final int MOST_VIEWED_BYTES = 2048;
    private static final int LEAST_FIELDS = 4;
    /** Start of the line, end of the name, start and end of the value. */
    private static final int SPANS = 4;

    private byte[] bytes = NO_BYTES;
    private int[] spans;
    private Field[] kinds;
    private int size;
    private int end;
    private long present;
    /** Made once, for all attempts of a request. */
    private @Nullable String id;

    /** @param expected number of fields to make room for */
    Fields(int expected) {
        spans = expected == 0 ? NO_SPANS : new int[SPANS * expected];
        kinds = expected == 0 ? NO_KINDS : new Field[expected];
    }

    /** Notes a field, by the start of its line and the end of its name, where the colon is; gives its kind. */
    Field begin(byte[] in, int line, int nameEnd) {
        Field kind = Field.of(in, line, nameEnd);
        begin(kind, line, nameEnd);
        return kind;
    }

    /** The same for a field of a known kind. */
    void begin(Field kind, int line, int nameEnd) {
        if (size == kinds.length) {
            int room = Math.max(LEAST_FIELDS, 2 * size);
            kinds = Arrays.copyOf(kinds, room);
            spans = Arrays.copyOf(spans, SPANS * room);
        }
        kinds[size] = kind;
        present |= 1L << kind.ordinal();
        spans[SPANS * size] = line;
        spans[SPANS * size + 1] = nameEnd;
        size++;
    }

    /** Notes the value of the last field: between its colon and the end of its line, without blanks around it. */
    void value(byte[] in, int lineEnd) {
        int at = SPANS * (size - 1);
        int from = spans[at + 1] + 1;
        int to = lineEnd;
        while (from < to && Ascii.isBlank(in[from])) {
            from++;
        }
        while (to > from && Ascii.isBlank(in[to - 1])) {
            to--;
        }
        spans[at + 2] = from;
        spans[at + 3] = to;
    }

    /** All fields are there: their bytes, and where the empty line behind them begins. */
    void complete(byte[] in, int emptyLine) {
        bytes = in;
        end = emptyLine;
    }

    /**
     * A copy with one more field.
     *
     * @param in has the same bytes, and the new line where the empty line was
     */
    Fields with(byte[] in, int line, int lineLength) {
        Fields copy = new Fields(size + 1);
        System.arraycopy(spans, 0, copy.spans, 0, SPANS * size);
        System.arraycopy(kinds, 0, copy.kinds, 0, size);
        copy.size = size;
        copy.present = present;
        int nameEnd = line;
        while (in[nameEnd] != ':') {
            nameEnd++;
        }
        copy.begin(in, line, nameEnd);
        copy.value(in, line + lineLength - 2);
        copy.complete(in, line + lineLength);
        return copy;
    }

    /**
     * A copy with these changes.
     *
     * @param out gets the lines, and has room for them
     * @param from where the first line begins
     */
    Fields with(FieldEdits edits, byte[] out, int from) {
        Fields copy = new Fields(size + edits.lines().size());
        int at = from;
        for (int i = 0; i < size; i++) {
            if (!edits.removes(this, i)) {
                int line = spans[SPANS * i];
                int next = i + 1 == size ? end : spans[SPANS * (i + 1)];
                System.arraycopy(bytes, line, out, at, next - line);
                copy.begin(kinds[i], at, at + spans[SPANS * i + 1] - line);
                copy.value(out, at + next - line - (out[at + next - line - 2] == '\r' ? 2 : 1));
                at += next - line;
            }
        }
        for (FieldEdits.Line added : edits.lines()) {
            byte[] line = added.bytes();
            System.arraycopy(line, 0, out, at, line.length);
            copy.begin(Field.RULE, at, at + added.nameLength());
            copy.value(out, at + line.length - 2);
            at += line.length;
        }
        copy.complete(out, at);
        copy.id = id;
        return copy;
    }

    /** Bytes of all lines. */
    int lineBytes() {
        return size == 0 ? 0 : end - spans[0];
    }

    /** Where the lines begin. */
    int firstLine() {
        return size == 0 ? end : spans[0];
    }

    /** Behind the lines. */
    int lastLineEnd() {
        return end;
    }

    /** Drops everything except the kinds of its fields. */
    void forget() {
        bytes = NO_BYTES;
        spans = NO_SPANS;
        kinds = NO_KINDS;
        size = 0;
    }

    /** Heap that the index takes. */
    int indexBytes() {
        return kinds.length * (SPANS + 1) * Integer.BYTES;
    }

    /** A random identifier of the request; the same at each call. */
    public String id() {
        String made = id;
        if (made == null) {
            ThreadLocalRandom random = ThreadLocalRandom.current();
            made = HexFormat.of().toHexDigits(random.nextLong())
                    + HexFormat.of().toHexDigits(random.nextLong());
            id = made;
        }
        return made;
    }

    /** Number of fields. */
    public int size() {
        return size;
    }

    /** Kind of the field. */
    public Field kind(int index) {
        return kinds[index];
    }

    /** Name as it came. */
    public String name(int index) {
        return text(SPANS * index, SPANS * index + 1);
    }

    /** Value as it came, without blanks around it; one character a byte. */
    public String value(int index) {
        return text(SPANS * index + 2, SPANS * index + 3);
    }

    /** Name in lower case, as immutable bytes; the same object for a known name. */
    public AsciiString lowerName(int index) {
        return FieldNames.lower(bytes, spans[SPANS * index], spans[SPANS * index + 1]);
    }

    /** Value as immutable bytes, without blanks around it. */
    public AsciiString bytes(int index) {
        int from = spans[SPANS * index + 2];
        // A view keeps the whole head alive, in the table of a compressor for long.
        return new AsciiString(bytes, from, spans[SPANS * index + 3] - from, bytes.length > MOST_VIEWED_BYTES);
    }

    /** Value as digits alone, up to 2^63 - 1, with zeros in front as far as the head's limit goes; -1 for any other. */
    public long number(int index) {
        return Ascii.number(bytes, spans[SPANS * index + 2], spans[SPANS * index + 3]);
    }

    private String text(int from, int to) {
        return new String(bytes, spans[from], spans[to] - spans[from], StandardCharsets.ISO_8859_1);
    }

    /** True if there is a field of that kind. */
    public boolean has(Field kind) {
        return (present & 1L << kind.ordinal()) != 0;
    }

    /** Index of the only field of that kind; -1 if there is none, -2 if there are several. */
    public int only(Field kind) {
        int found = -1;
        if (has(kind)) {
            for (int i = 0; i < size; i++) {
                if (kinds[i] == kind) {
                    if (found >= 0) {
                        return -2;
                    }
                    found = i;
                }
            }
        }
        return found;
    }

    /** Value of the first field of that kind, or null. */
    public @Nullable String first(Field kind) {
        if (has(kind)) {
            for (int i = 0; i < size; i++) {
                if (kinds[i] == kind) {
                    return value(i);
                }
            }
        }
        return null;
    }

    /** Values of all fields of that kind. */
    public List<String> all(Field kind) {
        if (!has(kind)) {
            return List.of();
        }
        List<String> values = new ArrayList<>(2);
        for (int i = 0; i < size; i++) {
            if (kinds[i] == kind) {
                values.add(value(i));
            }
        }
        return values;
    }

    /** True if the whole value is {@code lower}, ignoring case. */
    public boolean isValue(int index, byte[] lower) {
        int from = spans[SPANS * index + 2];
        return spans[SPANS * index + 3] - from == lower.length && Ascii.matches(bytes, from, lower);
    }

    /** True if one of the comma-separated values of that kind is {@code value}, ignoring case. */
    public boolean hasInList(Field kind, String value) {
        for (String line : all(kind)) {
            for (String element : line.split(",")) {
                if (element.strip().equalsIgnoreCase(value)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** True if the name is {@code lower}, ignoring case. */
    public boolean isName(int index, byte[] lower) {
        int from = spans[SPANS * index];
        return spans[SPANS * index + 1] - from == lower.length && Ascii.matches(bytes, from, lower);
    }

    /** True if the name is {@code hyphenated} for a reader who takes all marks for hyphens, ignoring case. */
    boolean isTwin(int index, byte[] hyphenated) {
        int from = spans[SPANS * index];
        if (spans[SPANS * index + 1] - from != hyphenated.length) {
            return false;
        }
        for (int i = 0; i < hyphenated.length; i++) {
            byte b = bytes[from + i];
            if (!(hyphenated[i] == '-' ? Ascii.isMark(b) : (b | 0x20) == hyphenated[i])) {
                return false;
            }
        }
        return true;
    }

    /** True if there is a field of that name, which has no kind of its own. */
    public boolean hasName(byte[] lower) {
        return indexOf(lower) >= 0;
    }

    /** Index of the first field of that name; -1 if there is none. */
    public int indexOf(byte[] lower) {
        for (int i = 0; i < size; i++) {
            if (isName(i, lower)) {
                return i;
            }
        }
        return -1;
    }

    /** Copies the lines of fields {@code from} to {@code to - 1} with their ends. */
    public void write(int from, int to, ByteBuf out) {
        int start = spans[SPANS * from];
        out.writeBytes(bytes, start, (to == size ? end : spans[SPANS * to]) - start);
    }
}
