package io.offramp.proxy.config;

import io.offramp.proxy.route.PathCondition;
import io.offramp.proxy.route.RouteConditions;
import io.offramp.proxy.rule.CookieRewrite;
import io.offramp.proxy.rule.LocationRewrite;
import io.offramp.proxy.rule.Rewrite;
import io.offramp.proxy.rule.RouteRules;
import io.offramp.proxy.rule.Stage;
import io.offramp.proxy.rule.Template;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads how a route rewrites paths, and the places and cookies of its answers. */
final class RewriteReader {
    /** Its keys. */
    static final List<String> KEYS = List.of("strip-prefix", "replace-prefix", "rewrite", "location", "cookies");

    private static final Scalar<String> PREFIX = new Scalar<>(
            "a path such as /v2 of printable ASCII, without query and escapes",
            text -> text.matches("(/[!-~&&[^/?#%]]+)+") ? text : null);
    private static final Scalar<String> PATH = new Scalar<>(
            "a path such as / of printable ASCII, without query",
            text -> text.matches("/|(/[!-~&&[^/?#;]]+)+/?") ? text : null);
    private static final Scalar<String> ORIGIN = new Scalar<>(
            "scheme, host and port of a server, such as http://app.internal:8080",
            text -> text.matches("https?://[A-Za-z0-9._\\[\\]:-]+") ? text.toLowerCase(Locale.ROOT) : null);
    private static final Scalar<String> DOMAIN = new Scalar<>(
            "a domain such as shop.example, or an empty text", text -> text.matches("[A-Za-z0-9.-]*") ? text : null);
    private static final Scalar<SameSite> SAME_SITE = Scalar.choice(SameSite.class);

    private enum SameSite {
        STRICT("Strict"),
        LAX("Lax"),
        NONE("None");

        private final String word;

        SameSite(String word) {
            this.word = word;
        }
    }

    private RewriteReader() {}

    static void read(Section route, RouteConditions when, RouteRules.Builder rules) {
        Value strip = route.get("strip-prefix");
        Value replace = route.get("replace-prefix");
        Value whole = route.get("rewrite");
        String prefix = when.path() instanceof PathCondition.Prefix(String path) ? path : "/";
        String server = prefix;
        if ((strip == null ? 0 : 1) + (replace == null ? 0 : 1) + (whole == null ? 0 : 1) > 1) {
            route.value().error("takes one of strip-prefix, replace-prefix, rewrite");
        } else if (strip != null && route.get("strip-prefix", Scalar.BOOL, false)) {
            needsPrefix(strip, prefix);
            server = "/";
            rules.request(Stage.REWRITE, new Rewrite.Prefix(""));
        } else if (replace != null) {
            needsPrefix(replace, prefix);
            server = route.get("replace-prefix", PREFIX, "/");
            rules.request(Stage.REWRITE, new Rewrite.Prefix(bare(server)));
        } else if (whole != null) {
            Template to = whole.as(target(when.groups()));
            if (to != null) {
                rules.request(Stage.REWRITE, new Rewrite.Whole(to));
            }
        }
        location(route.get("location"), server, prefix, rules);
        cookies(route.get("cookies"), rules);
    }

    private static void needsPrefix(Value value, String prefix) {
        if (prefix.equals("/")) {
            value.error("needs a path that is a prefix, such as path: /api");
        }
    }

    private static Scalar<Template> target(Set<String> groups) {
        return new Scalar<>("a path, which may have variables such as {path}", text -> {
            boolean path = text.startsWith("/") && text.indexOf(' ') < 0 && text.indexOf('#') < 0;
            return path ? Template.parse(text, groups) : null;
        });
    }

    /** Places of the server by the names of clients: its origins, and the prefix if that is rewritten. */
    private static void location(@Nullable Value value, String server, String client, RouteRules.Builder rules) {
        if (value == null) {
            return;
        }
        Section section = value.section("origins", "prefix");
        if (section != null) {
            Value origins = section.get("origins");
            List<String> names = origins == null
                    ? List.of()
                    : List.copyOf(origins.distinct("a list of origins", ORIGIN).keySet());
            boolean both = section.get("prefix", Scalar.BOOL, true) && !server.equals(client);
            rules.answer(new LocationRewrite(names, both ? bare(server) : "", both ? bare(client) : ""));
        }
    }

    private static String bare(String prefix) {
        return prefix.equals("/") ? "" : prefix;
    }

    private static void cookies(@Nullable Value value, RouteRules.Builder rules) {
        Section section = value == null ? null : value.section("domain", "path", "secure", "http-only", "same-site");
        if (section == null) {
            return;
        }
        Value path = section.get("path");
        Section paths = path == null ? null : path.section("from", "to");
        Value site = section.get("same-site");
        SameSite sameSite = site == null ? null : site.as(SAME_SITE);
        if (site != null && sameSite == SameSite.NONE && !section.get("secure", Scalar.BOOL, false)) {
            site.warn("browsers drop a cookie of same-site: none that is not secure; add secure: true");
        }
        rules.answer(new CookieRewrite(
                section.entries().containsKey("domain") ? section.get("domain", DOMAIN, "") : null,
                paths == null ? "" : bare(paths.get("from", PATH, "/")),
                paths == null ? null : bare(paths.get("to", PATH, "/")),
                section.get("secure", Scalar.BOOL, false),
                section.get("http-only", Scalar.BOOL, false),
                sameSite == null ? null : sameSite.word));
    }
}
