package io.offramp.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.offramp.proxy.guard.CertificateCondition;
import io.offramp.proxy.guard.CertificateRule;
import io.offramp.proxy.guard.GuardEvents;
import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.ConnectionOptions;
import io.offramp.proxy.message.HeadWriter;
import io.offramp.proxy.message.OwnAnswer;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.route.Destination;
import io.offramp.proxy.route.PathCondition;
import io.offramp.proxy.route.Regex;
import io.offramp.proxy.route.Route;
import io.offramp.proxy.route.RouteConditions;
import io.offramp.proxy.route.RouteEvents;
import io.offramp.proxy.rule.AnswerFields;
import io.offramp.proxy.rule.CookieRewrite;
import io.offramp.proxy.rule.ErrorPages;
import io.offramp.proxy.rule.LocationRewrite;
import io.offramp.proxy.rule.Redirect;
import io.offramp.proxy.rule.RequestFields;
import io.offramp.proxy.rule.RequestRule;
import io.offramp.proxy.rule.Rewrite;
import io.offramp.proxy.rule.RouteRules;
import io.offramp.proxy.rule.RuleRequest;
import io.offramp.proxy.rule.Stage;
import io.offramp.proxy.rule.StrictTransport;
import io.offramp.proxy.rule.Template;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;

/**
 * Rules that change requests and answers, each alone: from the found route to the head that the server or the client
 * gets. {@link #nothing} is what each request of a route with rules pays; it is within all others.
 */
public class RuleBenchmark extends PartBenchmark {
    private static final PathCondition USERS = new PathCondition.Prefix("/users");
    private static final PathCondition USER = new PathCondition.Matching(new Regex("/users/([0-9]+)(/.*)?"));

    private final Passing passing = new Passing();
    private final RequestHead head = RuleInput.head("/users/4711/orders?page=2", "X-Version", "2");
    private final AnswerHead answer = answer(302);
    private final AnswerHead failure = answer(502);

    private final Route nothing = route(USERS, new RouteRules.Builder());
    private final Route redirect = route(USERS, Stage.ANSWER, new Redirect(301, template("https://{host}{uri}")));
    private final Route prefix = route(USERS, Stage.REWRITE, new Rewrite.Prefix("/people"));
    private final Route expression = route(USER, Stage.REWRITE, new Rewrite.Whole(template("/people/{1}{2}")));
    private final Route requestFields = route(USERS, Stage.FIELDS, new RequestFields(RuleInput.changes()));
    private final Route certificate = route(
            USERS,
            Stage.ACCESS,
            new CertificateRule(
                    new CertificateCondition(Set.of("CN=Alice"), Set.of("CN=Bench CA"), Set.of()), GuardEvents.NONE));
    private final Route answerFields =
            route(USERS, new RouteRules.Builder().answer(new AnswerFields(RuleInput.changes())));
    private final Route hsts = route(USERS, new RouteRules.Builder().answer(new StrictTransport("max-age=31536000")));
    private final Route location = route(
            USERS,
            new RouteRules.Builder().answer(new LocationRewrite(List.of("http://app.internal:8080"), "", "/users")));
    private final Route cookies =
            route(USERS, new RouteRules.Builder().answer(new CookieRewrite("", "", "/users", true, true, "Lax")));
    private final ErrorPages pages = new ErrorPages(
            Map.of(
                    502,
                    new ErrorPages.Page("text/html", "<p>later</p>".repeat(300).getBytes(US_ASCII))),
            true);

    private static Template template(String text) {
        return Template.parse(text, Set.of("1", "2"));
    }

    private static AnswerHead answer(int status) {
        return new AnswerHead(
                HeadWriter.answer(status, "Any")
                        .field("Date", "Sun, 29 Nov 2026 08:00:00 GMT")
                        .field("Content-Type", "text/html")
                        .field("Location", "http://app.internal:8080/4711")
                        .field("Set-Cookie", "session=0123456789abcdef; Path=/; Domain=app.internal")
                        .field("Content-Length", "0")
                        .complete(),
                ConnectionOptions.NONE,
                0,
                0);
    }

    private static Route route(PathCondition path, Stage stage, RequestRule rule) {
        return route(path, new RouteRules.Builder().request(stage, rule));
    }

    private static Route route(PathCondition path, RouteRules.Builder rules) {
        return new Route(
                "rule", RouteConditions.of(null, path), new Destination.Rules(), rules.build(), RouteEvents.NONE);
    }

    private RuleRequest asked(Route route) {
        return input.ruled(head, route.match(head.target()));
    }

    private RequestHead request(Route route) {
        RuleRequest asked = asked(route);
        for (RequestRule rule : route.rules().request()) {
            rule.apply(asked, passing);
        }
        return asked.edits().on(head);
    }

    private AnswerHead answer(Route route) {
        return route.rules().head(answer, asked(route));
    }

    /** The way in which the route has matched. */
    @Benchmark
    public RequestHead nothing() {
        return request(nothing);
    }

    /** To another scheme, with two variables. */
    @Benchmark
    public @Nullable OwnAnswer redirect() {
        request(redirect);
        return passing.answer();
    }

    /** Another prefix of the path. */
    @Benchmark
    public RequestHead rewritePrefix() {
        return request(prefix);
    }

    /** A path out of two groups of the route's expression, which is matched once more for them. */
    @Benchmark
    public RequestHead rewriteByRegex() {
        return request(expression);
    }

    /** Two fields with four variables set, one removed, in the request. */
    @Benchmark
    public RequestHead requestHeaders() {
        return request(requestFields);
    }

    /** By subject and issuer. */
    @Benchmark
    public int clientCertificate() {
        request(certificate);
        return passing.passed();
    }

    /** The same changes as in the request. */
    @Benchmark
    public AnswerHead answerHeaders() {
        return answer(answerFields);
    }

    /** One field. */
    @Benchmark
    public AnswerHead hsts() {
        return answer(hsts);
    }

    /** The client's scheme, host and prefix in place of the server's. */
    @Benchmark
    public AnswerHead location() {
        return answer(location);
    }

    /** One cookie: path, domain, and three attributes. */
    @Benchmark
    public AnswerHead cookies() {
        return answer(cookies);
    }

    /** 3.5 KiB in place of a server's answer. */
    @Benchmark
    public OwnAnswer errorPage() {
        return Objects.requireNonNull(pages.inPlaceOf(failure));
    }
}
