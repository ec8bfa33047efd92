package io.offramp.proxy.config;

import io.offramp.proxy.message.OwnAnswer;
import io.offramp.proxy.route.RouteConditions;
import io.offramp.proxy.rule.AnswerFields;
import io.offramp.proxy.rule.FieldChange;
import io.offramp.proxy.rule.FixedAnswer;
import io.offramp.proxy.rule.HttpsRedirect;
import io.offramp.proxy.rule.Redirect;
import io.offramp.proxy.rule.RequestFields;
import io.offramp.proxy.rule.RouteRules;
import io.offramp.proxy.rule.Stage;
import io.offramp.proxy.rule.StrictTransport;
import io.offramp.proxy.rule.Template;
import io.offramp.proxy.rule.UpstreamHost;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the rules of a route. What a listener says is the default of its routes. */
final class RuleReader {
    /** Keys that a listener may have as well. */
    static final List<String> LISTENER_KEYS =
            List.of("https-redirect", "hsts", "redirect", "answer", "request-headers", "answer-headers", "errors");

    /** Keys of a route. */
    static final List<String> ROUTE_KEYS =
            Stream.concat(LISTENER_KEYS.stream(), RewriteReader.KEYS.stream()).toList();

    /** With any body, unlike 1xx, 204 and 304. */
    private static final Scalar<Integer> STATUS = Scalar.number(200, 599);

    private static final Scalar<Integer> MOVED =
            new Scalar<>("301, 302, 303, 307 or 308", text -> text.matches("30[12378]") ? Integer.valueOf(text) : null);
    private static final Scalar<Integer> PORT = Scalar.number(1, 65_535);
    private static final Scalar<Duration> AGE = Scalar.duration(Duration.ZERO);
    private static final Scalar<String> TYPE =
            new Scalar<>("a media type such as text/plain", text -> text.matches("[!-~]+/[ -~]+") ? text : null);
    private static final Duration YEAR = Duration.ofDays(365);
    private static final int PERMANENT = 308;
    private static final int FOUND = 302;

    private final ErrorPagesReader pages;

    RuleReader(Surroundings surroundings) {
        pages = new ErrorPagesReader(surroundings);
    }

    /** True if it answers all requests, so that they need no upstream. */
    static boolean answersAll(Section route) {
        return route.get("redirect") != null || route.get("answer") != null;
    }

    /** A tcp listener has no rules. */
    static void refuse(Section listener) {
        for (String key : LISTENER_KEYS) {
            Value value = listener.get(key);
            if (value != null) {
                value.error("a tcp listener passes bytes, and has no rules for requests");
            }
        }
    }

    /**
     * The rules of a route.
     *
     * @param route has the keys of this class
     * @param listener has the defaults; null if the route is the listener itself
     * @param when conditions of the route
     */
    RouteRules read(Section route, @Nullable Section listener, RouteConditions when) {
        Set<String> groups = when.groups();
        RouteRules.Builder rules = new RouteRules.Builder();
        Value redirect = either(route, listener, "https-redirect");
        if (redirect != null) {
            httpsRedirect(redirect, rules);
        }
        Value hsts = either(route, listener, "hsts");
        if (hsts != null) {
            hsts(hsts, rules);
        }
        Value place = route.get("redirect");
        Value answer = route.get("answer");
        if (place != null) {
            redirect(place, groups, rules);
        }
        if (answer != null && place != null) {
            answer.error("a route with redirect has no answer");
        } else if (answer != null) {
            answer(answer, rules);
        }
        RewriteReader.read(route, when, rules);
        List<FieldChange> request = FieldChangeReader.ofRequest(
                either(route, listener, "request-headers"),
                groups,
                host -> rules.request(Stage.FIELDS, new UpstreamHost(host)));
        if (!request.isEmpty()) {
            rules.request(Stage.FIELDS, new RequestFields(request));
        }
        List<FieldChange> changed = FieldChangeReader.ofAnswer(either(route, listener, "answer-headers"), groups);
        if (!changed.isEmpty()) {
            rules.answer(new AnswerFields(changed));
        }
        return rules.pages(pages.read(either(route, listener, "errors"))).build();
    }

    /** Rules of a listener in front of all routes: to https, and pages. */
    RouteRules unrouted(Section listener) {
        RouteRules.Builder rules = new RouteRules.Builder();
        Value redirect = listener.get("https-redirect");
        if (redirect != null) {
            httpsRedirect(redirect, rules);
        }
        return rules.pages(pages.read(listener.get("errors"))).build();
    }

    private static @Nullable Value either(Section route, @Nullable Section listener, String key) {
        Value own = route.get(key);
        return own == null && listener != null ? listener.get(key) : own;
    }

    /** {@code true}, or port and status. */
    private static void httpsRedirect(Value value, RouteRules.Builder rules) {
        if (value.isScalar()) {
            Boolean on = value.as(Scalar.BOOL);
            if (Boolean.TRUE.equals(on)) {
                rules.request(Stage.SCHEME, new HttpsRedirect(PERMANENT, HttpsRedirect.PORT));
            }
            return;
        }
        Section section = value.section("port", "status");
        if (section != null) {
            rules.request(
                    Stage.SCHEME,
                    new HttpsRedirect(
                            section.get("status", MOVED, PERMANENT), section.get("port", PORT, HttpsRedirect.PORT)));
        }
    }

    /** {@code true}, or the directives of RFC 6797 §6.1. */
    private static void hsts(Value value, RouteRules.Builder rules) {
        if (value.isScalar()) {
            Boolean on = value.as(Scalar.BOOL);
            if (Boolean.TRUE.equals(on)) {
                rules.answer(new StrictTransport("max-age=" + YEAR.toSeconds()));
            }
            return;
        }
        Section section = value.section("max-age", "subdomains", "preload");
        if (section != null) {
            String text = "max-age=" + section.get("max-age", AGE, YEAR).toSeconds();
            text += section.get("subdomains", Scalar.BOOL, false) ? "; includeSubDomains" : "";
            text += section.get("preload", Scalar.BOOL, false) ? "; preload" : "";
            rules.answer(new StrictTransport(text));
        }
    }

    /** A place, or place and status. */
    private static void redirect(Value value, Set<String> groups, RouteRules.Builder rules) {
        Scalar<Template> template = url(groups);
        Section section = value.isScalar() ? null : value.section("to", "status");
        Value to = section == null ? value : section.require("to", "the place, such as https://{host}{uri}");
        Template place = to == null || section == null && !value.isScalar() ? null : to.as(template);
        int status = section == null ? FOUND : section.get("status", MOVED, FOUND);
        if (place != null) {
            rules.request(Stage.ANSWER, new Redirect(status, place));
        }
    }

    private static Scalar<Template> url(Set<String> groups) {
        return new Scalar<>("a URL or a path, which may have variables such as {host}", text -> {
            boolean place = text.startsWith("/") || text.startsWith("{") || text.matches("https?://[^/].*");
            return place && text.indexOf(' ') < 0 ? Template.parse(text, groups) : null;
        });
    }

    /** A status, or status, type and body. */
    private static void answer(Value value, RouteRules.Builder rules) {
        if (value.isScalar()) {
            Integer status = value.as(STATUS);
            if (status != null) {
                rules.request(Stage.ANSWER, new FixedAnswer(OwnAnswer.of(status, List.of(), new byte[0])));
            }
            return;
        }
        Section section = value.section("status", "type", "body");
        if (section != null) {
            int status = section.get("status", STATUS, 200);
            String body = section.get("body", Scalar.TEXT, "");
            Value written = section.get("body");
            if (written != null && (status == 204 || status == 304)) {
                written.error("an answer of status " + status + " has no body");
            }
            OwnAnswer own = OwnAnswer.of(status, List.of(), new byte[0]);
            String type = section.get("type", TYPE, "text/plain; charset=utf-8");
            rules.request(
                    Stage.ANSWER,
                    new FixedAnswer(body.isEmpty() ? own : own.with(type, body.getBytes(StandardCharsets.UTF_8))));
        }
    }
}
