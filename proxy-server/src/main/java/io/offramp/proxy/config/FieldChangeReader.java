package io.offramp.proxy.config;

import io.offramp.proxy.message.Field;
import io.offramp.proxy.message.RequestTarget;
import io.offramp.proxy.rule.FieldChange;
import io.offramp.proxy.rule.Template;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads changes of the fields of requests or answers: {@code remove}, then {@code set}, then {@code add}. */
final class FieldChangeReader {
    /** Of requests, by {@code forwarding} and for each hop; no kind of {@link Field} says so. */
    private static final Set<String> OURS = Set.of("via", "x-forwarded-port", "trailer");

    private static final String HOST = "host";

    private static final Scalar<String> NAME =
            new Scalar<>("the name of a header", text -> text.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+") ? text : null);

    private FieldChangeReader() {}

    /**
     * Changes of requests, in their order.
     *
     * @param value null for none
     * @param groups of the route's expressions
     * @param host gets the host for the server, if one is set
     */
    static List<FieldChange> ofRequest(@Nullable Value value, Set<String> groups, Consumer<Template> host) {
        return read(value, groups, true, host);
    }

    /** Changes of answers, in their order. */
    static List<FieldChange> ofAnswer(@Nullable Value value, Set<String> groups) {
        return read(value, groups, false, null);
    }

    private static List<FieldChange> read(
            @Nullable Value value, Set<String> groups, boolean request, @Nullable Consumer<Template> host) {
        Section section = value == null ? null : value.section("remove", "set", "add");
        List<FieldChange> changes = new ArrayList<>();
        if (section == null) {
            return changes;
        }
        Value removed = section.get("remove");
        if (removed != null) {
            removed.distinct("a list of headers", NAME).forEach((name, item) -> {
                check(name, item, request);
                changes.add(new FieldChange.Remove(name));
            });
        }
        each(section.get("set"), groups, request, host)
                .forEach((name, text) -> changes.add(new FieldChange.Set(name, text)));
        each(section.get("add"), groups, request, null)
                .forEach((name, text) -> changes.add(new FieldChange.Add(name, text)));
        return changes;
    }

    private static Map<String, Template> each(
            @Nullable Value value, Set<String> groups, boolean request, @Nullable Consumer<Template> host) {
        Map<String, Value> entries = value == null ? null : value.entries("a mapping of headers to values");
        if (entries == null) {
            return Map.of();
        }
        Scalar<Template> text =
                new Scalar<>("a text, which may have variables such as {client}", in -> Template.parse(in, groups));
        Map<String, Template> read = new LinkedHashMap<>();
        entries.forEach((name, item) -> {
            if (host != null && name.equalsIgnoreCase(HOST)) {
                Template authority = item.as(authority(groups));
                if (authority != null) {
                    host.accept(authority);
                }
                return;
            }
            Template template = item.as(text);
            if (NAME.parser().apply(name) == null) {
                item.error("expected " + NAME.expected() + ", is \"" + name + "\"");
            } else if (check(name, item, request) && template != null) {
                read.put(name, template);
            }
        });
        return read;
    }

    private static Scalar<Template> authority(Set<String> groups) {
        return new Scalar<>("host and port, which may have variables such as {host}", text -> {
            boolean may = text.indexOf('{') >= 0 || RequestTarget.isAuthority(text);
            return may ? Template.parse(text, groups) : null;
        });
    }

    private static boolean check(String name, Value value, boolean request) {
        boolean may = isOfRules(name, request);
        if (!may && request && name.equalsIgnoreCase(HOST)) {
            value.error("a request has one Host: only set gives it another");
        } else if (!may) {
            value.error(name + " belongs to this proxy: " + (request ? "see forwarding" : "it frames answers")
                    + "; a rule cannot change it");
        }
        return may;
    }

    /** Fields of framing, of the connection and of the client's identity are no rule's business. */
    static boolean isOfRules(String name, boolean request) {
        boolean ours = request && OURS.contains(name.toLowerCase(Locale.ROOT)) || name.equalsIgnoreCase("trailer");
        return !ours
                && switch (Field.of(name)) {
                    case OTHER, FORWARDING -> true;
                    case FORWARDED,
                            TRACEPARENT,
                            TRACESTATE,
                            X_FORWARDED_FOR,
                            X_FORWARDED_HOST,
                            X_FORWARDED_PROTO,
                            X_REQUEST_ID -> !request;
                    default -> false;
                };
    }
}
