package io.offramp.proxy.config;

import io.offramp.proxy.message.Field;
import io.offramp.proxy.net.Cidr;
import io.offramp.proxy.route.HostCondition;
import io.offramp.proxy.route.PathCondition;
import io.offramp.proxy.route.Regex;
import io.offramp.proxy.route.RouteConditions;
import io.offramp.proxy.route.ValueCondition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the conditions of a route. */
final class ConditionReader {
    /** Its keys. */
    static final List<String> KEYS = List.of("host", "path", "method", "header", "query", "client");

    private static final Pattern HOST = Pattern.compile("(\\*\\.)?[a-z0-9_-]+(\\.[a-z0-9_-]+)*");
    private static final Pattern PATH = Pattern.compile("(/[^/?#\\s]+)*/?");
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    private static final Scalar<HostCondition> HOST_NAME =
            new Scalar<>("a host name such as www.example.com or *.example.com", text -> {
                String lower = text.toLowerCase(Locale.ROOT);
                return HOST.matcher(lower).matches() ? HostCondition.of(lower) : null;
            });
    private static final Scalar<PathCondition> PREFIX = new Scalar<>(
            "a path such as /api, without query",
            text -> isPath(text) ? new PathCondition.Prefix(withoutLastSlash(text)) : null);
    private static final Scalar<PathCondition> EXACT = new Scalar<>(
            "a path such as /api, without query", text -> isPath(text) ? new PathCondition.Exact(text) : null);
    private static final Scalar<Regex> REGEX = new Scalar<>("a regular expression of RE2", Regex::new);
    private static final Scalar<String> METHOD = new Scalar<>(
            "a method such as GET, in capitals", text -> TOKEN.matcher(text).matches() ? text : null);

    private ConditionReader() {}

    /** Those of a route; what is wrong is left out. */
    static RouteConditions read(Section route) {
        return new RouteConditions(
                hosts(route.get("host")),
                path(route.get("path")),
                methods(route.get("method")),
                values(route.get("header"), true),
                values(route.get("query"), false),
                clients(route.get("client")));
    }

    private static List<HostCondition> hosts(@Nullable Value value) {
        if (value == null) {
            return List.of();
        }
        Set<HostCondition> hosts = new LinkedHashSet<>();
        for (Value item : value.isList() ? value.items("a list of hosts") : List.of(value)) {
            HostCondition host = item.isScalar() ? item.as(HOST_NAME) : hostByRegex(item);
            if (host != null && !hosts.add(host)) {
                item.error("is in the list already");
            }
        }
        return List.copyOf(hosts);
    }

    private static @Nullable HostCondition hostByRegex(Value value) {
        Section section = value.section("regex");
        Value written = section == null ? null : section.require("regex", "an expression for the whole host");
        Regex regex = written == null ? null : written.as(REGEX);
        return regex == null ? null : new HostCondition.Matching(regex);
    }

    private static PathCondition path(@Nullable Value value) {
        if (value == null) {
            return PathCondition.any();
        }
        PathCondition path = value.isScalar() ? value.as(PREFIX) : pathByKind(value);
        return path == null ? PathCondition.any() : path;
    }

    private static @Nullable PathCondition pathByKind(Value value) {
        Section section = value.section("prefix", "exact", "regex");
        if (section == null) {
            return null;
        }
        if (section.entries().size() != 1) {
            value.error("takes one of prefix, exact, regex");
            return null;
        }
        Value prefix = section.get("prefix");
        Value exact = section.get("exact");
        Value expression = section.get("regex");
        Regex regex = expression == null ? null : expression.as(REGEX);
        return prefix != null
                ? prefix.as(PREFIX)
                : exact != null ? exact.as(EXACT) : regex == null ? null : new PathCondition.Matching(regex);
    }

    private static Set<String> methods(@Nullable Value value) {
        if (value == null) {
            return Set.of();
        }
        if (value.isScalar()) {
            String method = value.as(METHOD);
            return method == null ? Set.of() : Set.of(method);
        }
        return value.distinct("a list of methods", METHOD).keySet();
    }

    private static Map<String, ValueCondition> values(@Nullable Value value, boolean fields) {
        Map<String, Value> entries = value == null ? null : value.entries("a mapping of names to values");
        Map<String, ValueCondition> read = new LinkedHashMap<>();
        if (entries != null) {
            entries.forEach((name, each) -> {
                ValueCondition condition = value(each);
                String key = fields ? name.toLowerCase(Locale.ROOT) : name;
                if (fields && (!TOKEN.matcher(name).matches() || isOfFraming(name))) {
                    each.error("not a header that a condition can ask for");
                } else if (condition != null && read.put(key, condition) != null) {
                    each.error("is written twice");
                }
            });
        }
        return read;
    }

    /** Of the connection, or of this proxy alone: no request that is routed has one. */
    static boolean isOfFraming(String name) {
        return switch (Field.of(name)) {
            case HOST,
                    CLIENT_CERT,
                    CONNECTION,
                    KEEP_ALIVE,
                    PROXY,
                    TE,
                    TRANSFER_ENCODING,
                    FRAMING_TWIN,
                    HTTP2_SETTINGS,
                    TWIN -> true;
            default -> false;
        };
    }

    private static @Nullable ValueCondition value(Value value) {
        if (value.isScalar()) {
            return text(value);
        }
        Section section = value.section("is", "regex", "present");
        if (section == null) {
            return null;
        }
        if (section.entries().size() != 1) {
            value.error("takes one of is, regex, present");
            return null;
        }
        Value text = section.get("is");
        Value expression = section.get("regex");
        if (text != null) {
            return text(text);
        }
        Regex regex = expression == null ? null : expression.as(REGEX);
        return expression == null
                ? new ValueCondition.Present(section.get("present", Scalar.BOOL, true))
                : regex == null ? null : new ValueCondition.Matching(regex);
    }

    private static @Nullable ValueCondition text(Value value) {
        String text = value.as(Scalar.TEXT);
        return text == null ? null : new ValueCondition.Text(text);
    }

    private static List<Cidr> clients(@Nullable Value value) {
        if (value == null) {
            return List.of();
        }
        if (value.isScalar()) {
            Cidr only = value.as(HttpReader.ADDRESSES);
            return only == null ? List.of() : List.of(only);
        }
        return new ArrayList<>(
                value.distinct("a list of addresses", HttpReader.ADDRESSES).keySet());
    }

    private static boolean isPath(String text) {
        return text.startsWith("/") && PATH.matcher(text).matches();
    }

    private static String withoutLastSlash(String path) {
        return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }
}
