package io.offramp.proxy.access;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Cuts a template into parts. */
final class Template {
    private final String text;
    private final List<LinePart> parts = new ArrayList<>();
    private final StringBuilder literal = new StringBuilder();
    private int at;

    Template(String text) {
        this.text = text;
    }

    /**
     * Its parts; the last one is literal.
     *
     * @throws IllegalArgumentException saying what is wrong
     */
    List<LinePart> parts() {
        while (at < text.length()) {
            char c = text.charAt(at);
            boolean twice = text.startsWith("" + c + c, at);
            if ((c == '{' || c == '}') && twice) {
                literal.append(c);
                at += 2;
            } else if (c == '{') {
                field();
            } else if (c == '}') {
                throw new IllegalArgumentException("a } without its { at character " + (at + 1) + "; write }} for one");
            } else if (c < ' ' || c >= 0x7f) {
                throw new IllegalArgumentException("character " + (at + 1) + " is not printable ASCII");
            } else {
                literal.append(c);
                at++;
            }
        }
        parts.add(new LinePart(literal.toString(), null, LinePart.Style.BARE));
        return parts;
    }

    private void field() {
        int end = text.indexOf('}', at);
        if (end < 0) {
            throw new IllegalArgumentException("a { without its } at character " + (at + 1) + "; write {{ for one");
        }
        String name = text.substring(at + 1, end);
        AccessField field = Stream.of(AccessField.values())
                .filter(each -> each.label().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "unknown field {" + name + "}; known are " + LineFormat.knownFields()));
        parts.add(new LinePart(literal.toString(), field, LinePart.Style.BARE));
        literal.setLength(0);
        at = end + 1;
    }
}
