package io.offramp.proxy.message;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Changes of a head's fields, one after the other. Names and values are cleaned: whatever a value is made of, it stays
 * one value of one field. Confined to one thread; a {@link Head} takes them at once.
 */
public final class FieldEdits {
    private final List<byte[]> removed = new ArrayList<>(2);
    private final List<Line> lines = new ArrayList<>(2);
    private int length;

    /**
     * A field that is added.
     *
     * @param bytes of the whole line, its end included; not to be changed
     * @param nameLength bytes of the name
     */
    record Line(byte[] bytes, int nameLength) {
        boolean has(byte[] lower) {
            return nameLength == lower.length && Ascii.matches(bytes, 0, lower);
        }

        OwnAnswer.Entry entry() {
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            return new OwnAnswer.Entry(
                    text.substring(0, nameLength), text.substring(nameLength + 2, text.length() - 2));
        }

        byte[] lowerName() {
            return lower(new String(bytes, 0, nameLength, StandardCharsets.ISO_8859_1));
        }
    }

    /** The name of a field as {@link #remove} takes it. */
    public static byte[] lower(String name) {
        return name.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.ISO_8859_1);
    }

    /**
     * Removes all fields of a name, also those that were added before, and its twins, which some servers take for it:
     * {@code X_User} of {@code X-User}.
     *
     * @param lower the name in lower case; not to be changed
     */
    public void remove(byte[] lower) {
        removed.add(hyphenated(lower));
        lines.removeIf(line -> line.has(lower));
    }

    /**
     * Adds a field behind all others.
     *
     * @param name a token
     * @param value any text, see {@link #clean}
     */
    public void add(String name, String value) {
        byte[] line = (name + ": " + clean(value) + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        lines.add(new Line(line, name.length()));
        length += line.length;
    }

    /** Adds a field in place of all others of that name. */
    public void set(String name, String value) {
        remove(lower(name));
        add(name, value);
    }

    /**
     * The value without what cannot stand in one: control characters (CR, LF and NUL above all, RFC 9110 §5.5), and
     * blanks around it. A character above ISO 8859-1 becomes a question mark.
     */
    public static String clean(String value) {
        if (isClean(value)) {
            return value.strip();
        }
        StringBuilder clean = new StringBuilder(value.length());
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c >= ' ' && c != 0x7f || c == '\t') {
                clean.append(c > 0xff ? '?' : c);
            }
        }
        return clean.toString().strip();
    }

    private static boolean isClean(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' || c >= 0x7f) {
                return false;
            }
        }
        return true;
    }

    /** True if nothing changes. */
    public boolean isEmpty() {
        return removed.isEmpty() && lines.isEmpty();
    }

    /** Trailers without those that would contradict these changes of the head; marks in names count as hyphens. */
    public Fields onTrailers(Fields trailers) {
        FieldEdits contradicting = new FieldEdits();
        for (int i = 0; i < trailers.size(); i++) {
            byte[] name = lower(trailers.name(i));
            if (changes(hyphenated(name))) {
                contradicting.remove(name);
            }
        }
        return contradicting.isEmpty() ? trailers : trailers.with(contradicting, new byte[trailers.lineBytes()], 0);
    }

    /** Fields of an answer of our own with these changes. */
    List<OwnAnswer.Entry> on(List<OwnAnswer.Entry> entries) {
        List<OwnAnswer.Entry> changed = new ArrayList<>(entries);
        changed.removeIf(entry ->
                removed.stream().anyMatch(name -> Arrays.equals(name, hyphenated(lower(entry.name())))));
        lines.forEach(line -> changed.add(line.entry()));
        return changed;
    }

    private boolean changes(byte[] hyphenated) {
        return removed.stream().anyMatch(name -> Arrays.equals(name, hyphenated))
                || lines.stream().anyMatch(line -> Arrays.equals(hyphenated(line.lowerName()), hyphenated));
    }

    private static byte[] hyphenated(byte[] lower) {
        byte[] name = lower.clone();
        for (int i = 0; i < name.length; i++) {
            name[i] = Ascii.isMark(name[i]) ? (byte) '-' : name[i];
        }
        return name;
    }

    boolean removes(Fields fields, int index) {
        for (byte[] name : removed) {
            if (fields.isTwin(index, name)) {
                return true;
            }
        }
        return false;
    }

    List<Line> lines() {
        return lines;
    }

    /** Most bytes that the added lines take. */
    int length() {
        return length;
    }
}
