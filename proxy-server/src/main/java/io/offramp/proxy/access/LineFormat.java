package io.offramp.proxy.access;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The form of lines: logfmt, JSON, or a template of the user's choice.
 *
 * @param parts in order
 */
public record LineFormat(List<LinePart> parts) {
    /**
     * A time, then {@code key=value} pairs (logfmt), always these and in this order:
     *
     * <pre>
     * 2026-11-29T11:13:00.123Z id=7 listener=web peer=192.0.2.7:51234 method=GET target="/a?b=c" host=example.com
     * status=200 in=0 out=1024 ms=0.412 upstream=127.0.0.1:8080 sni=example.com version=1.3 cipher=aes-gcm-128
     * resumed=false client="CN=Alice" fingerprint=2f8a… txconf=hw rxconf=sw txwhy=configured
     * rxwhy="device declined: no TIR left" abort=- protocol=HTTP/2.0 stream=15
     * </pre>
     *
     * <p>{@code in} and {@code out} are body bytes from and to the client. {@code version} to {@code rxwhy} are the
     * fields of {@code ss -ti} for kernel TLS, with the reasons. An unknown value is {@code -}. A value with a space,
     * quote, {@code =}, backslash or anything but printable ASCII is quoted and escaped as in JSON, so no client can
     * forge a line or a field, or reach a terminal.
     */
    public static final LineFormat TEXT = new LineFormat(text());

    /** One flat JSON object (RFC 8259) in ASCII, with the fields of {@link #TEXT}; an unknown value is null. */
    public static final LineFormat JSON = new LineFormat(json());

    /** For messages. */
    public static final String EXPECTED = "text, json, or a template such as \"{peer} {status} {ms}\"";

    /** The most that {@link #behind} adds. */
    private static final int HEADER_BYTES = 256;

    /** Copies the list. */
    public LineFormat {
        parts = List.copyOf(parts);
    }

    /**
     * Reads {@code text}, {@code json} or a template: text with fields in braces. Two braces stand for one.
     *
     * @throws IllegalArgumentException saying what is wrong
     */
    public static LineFormat parse(String text) {
        return switch (text) {
            case "text" -> TEXT;
            case "json" -> JSON;
            default -> {
                if (text.indexOf('{') < 0) {
                    throw new IllegalArgumentException("expected " + EXPECTED + ", is \"" + text + "\"");
                }
                yield template(text);
            }
        };
    }

    /** The same behind a header, which is a template. */
    LineFormat behind(String header) {
        List<LinePart> front = new ArrayList<>(new Template(header).parts());
        String end = front.removeLast().literal();
        List<LinePart> own = parts;
        if (own.equals(TEXT.parts)) { // the header has the time already
            own = new ArrayList<>(own.subList(1, own.size()));
            LinePart first = own.getFirst();
            own.set(0, new LinePart(first.literal().strip(), first.field(), first.style()));
        }
        LinePart first = own.getFirst();
        front.add(new LinePart(end + first.literal(), first.field(), first.style()));
        front.addAll(own.subList(1, own.size()));
        return new LineFormat(front);
    }

    private static LineFormat template(String text) {
        LineFormat format = new LineFormat(new Template(text).parts());
        int longest = new LineLayout(format).longestBytes();
        int limit = LineBytes.MOST_BYTES - HEADER_BYTES;
        if (longest > limit) {
            throw new IllegalArgumentException(
                    "a line could have " + longest + " bytes, limit " + limit + ": leave out fields or text");
        }
        return format;
    }

    private static List<LinePart> text() {
        List<LinePart> parts = new ArrayList<>();
        for (AccessField field : AccessField.USUAL) {
            String key = field == AccessField.TIME ? "" : " " + field.label() + "=";
            parts.add(new LinePart(key, field, LinePart.Style.TEXT));
        }
        return Collections.unmodifiableList(parts);
    }

    private static List<LinePart> json() {
        List<LinePart> parts = new ArrayList<>();
        for (AccessField field : AccessField.USUAL) {
            String before = parts.isEmpty() ? "{" : ",";
            parts.add(new LinePart(before + '"' + field.label() + "\":", field, LinePart.Style.JSON));
        }
        parts.add(new LinePart("}", null, LinePart.Style.JSON));
        return Collections.unmodifiableList(parts);
    }

    /** Names for messages, as {@code time, date, id}. */
    static String knownFields() {
        return Stream.of(AccessField.values()).map(AccessField::label).collect(Collectors.joining(", "));
    }
}
