package io.offramp.proxy.flow;

import io.offramp.proxy.message.OwnAnswer;
import io.offramp.proxy.route.PathCondition;
import io.offramp.proxy.route.Regex;
import io.offramp.proxy.route.RouteConditions;
import io.offramp.proxy.route.RouteConfig;
import io.offramp.proxy.rule.AnswerFields;
import io.offramp.proxy.rule.CookieRewrite;
import io.offramp.proxy.rule.ErrorPages;
import io.offramp.proxy.rule.FieldChange;
import io.offramp.proxy.rule.FixedAnswer;
import io.offramp.proxy.rule.HttpsRedirect;
import io.offramp.proxy.rule.LocationRewrite;
import io.offramp.proxy.rule.Redirect;
import io.offramp.proxy.rule.RequestFields;
import io.offramp.proxy.rule.RequestRule;
import io.offramp.proxy.rule.Rewrite;
import io.offramp.proxy.rule.RouteRules;
import io.offramp.proxy.rule.Stage;
import io.offramp.proxy.rule.Template;
import io.offramp.proxy.rule.UpstreamHost;
import io.offramp.proxy.upstream.ExchangeBounds;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The routes of {@link Handlers}. */
final class Routes {
    /** Seven seconds for the head of an answer. */
    private static final ExchangeBounds SLOW = new ExchangeBounds(
            TimeUnit.SECONDS.toNanos(7),
            ExchangeBounds.UNSET,
            ExchangeBounds.UNSET,
            ExchangeBounds.UNSET,
            ExchangeBounds.UNSET);

    private static final OwnAnswer LOGIN =
            OwnAnswer.of(401, List.of(new OwnAnswer.Entry("Content-Type", "text/login")), Message.ascii("login"));

    /** One has bounds of its own, some have rules. */
    static final List<RouteConfig> ALL = List.of(
            new RouteConfig(null, "/app/slow", "app", SLOW),
            ruled(
                    "/moved",
                    null,
                    new RouteRules.Builder()
                            .request(Stage.ANSWER, new Redirect(308, template("https://{host}/new{uri}")))),
            ruled(
                    "/gone",
                    null,
                    new RouteRules.Builder()
                            .request(Stage.ANSWER, new FixedAnswer(OwnAnswer.of(204, List.of(), new byte[0])))
                            .answer(new AnswerFields(List.of(new FieldChange.Set("X-Rule", template("{method}")))))),
            ruled("/secure", "app", new RouteRules.Builder().request(Stage.SCHEME, new HttpsRedirect(301, 8443))),
            ruled(
                    "/app/edited",
                    "app",
                    new RouteRules.Builder()
                            .request(
                                    Stage.FIELDS,
                                    new RequestFields(List.of(
                                            new FieldChange.Set("X-User", template("{method} {path}")),
                                            new FieldChange.Remove("Cookie"))))
                            .answer(new AnswerFields(List.of(
                                    new FieldChange.Remove("Server"),
                                    new FieldChange.Add("X-Rule", template("a{query}")))))),
            ruled(
                    "/told",
                    null,
                    new RouteRules.Builder()
                            .request(Stage.ACCESS, (request, next) -> next.relay(LOGIN, "denied"))
                            .pages(new ErrorPages(
                                    Map.of(401, new ErrorPages.Page("text/html", Message.ascii("<p>no"))), false))),
            ruled(
                    "/app/pages",
                    "app",
                    new RouteRules.Builder()
                            .pages(new ErrorPages(
                                    Map.of(503, new ErrorPages.Page("text/html", Message.ascii("<p>later"))), true))),
            ruled(
                    "/strip/me",
                    "app",
                    new RouteRules.Builder()
                            .request(Stage.REWRITE, new Rewrite.Prefix(""))
                            .answer(new LocationRewrite(List.of("http://app:81"), "", "/strip/me"))
                            .answer(new CookieRewrite("", "", "/strip/me", true, true, "Lax"))),
            byGroup("/f-(.*)", "app", Stage.REWRITE, to -> new Rewrite.Whole(to), "/files/{1}"),
            byGroup("/u-(.*)", "app", Stage.REWRITE, to -> new Rewrite.Whole(to), "/u?n={1}&p={path}&h={host}&{query}"),
            byGroup("/h-(.*)", "app", Stage.REWRITE, to -> new Rewrite.Whole(to), "/sites/{host}/{1}"),
            byGroup("/x-(.*)", null, Stage.ANSWER, to -> new Redirect(302, to), "/{1}"),
            byGroup("/.?evil[.](.*)", null, Stage.ANSWER, to -> new Redirect(302, to), "{path}/"),
            ruled("/fails/at-once", "app", new RouteRules.Builder().request(Stage.ACCESS, new Failing.AtOnce())),
            ruled("/fails/later", "app", new RouteRules.Builder().request(Stage.ACCESS, new Failing.Later())),
            ruled("/fails/answer", "app", new RouteRules.Builder().answer(new Failing.Answer())),
            ruled("/fails/end", "app", new RouteRules.Builder().end(new Failing.End())),
            ruled(
                    "/app/hosted",
                    "app",
                    new RouteRules.Builder().request(Stage.FIELDS, new UpstreamHost(template("{query}.internal:81")))),
            new RouteConfig(null, "/app", "app"));

    private Routes() {}

    private static RouteConfig ruled(String path, @Nullable String upstream, RouteRules.Builder rules) {
        return new RouteConfig(
                path,
                RouteConditions.of(null, new PathCondition.Prefix(path)),
                upstream == null ? List.of() : List.of(new RouteConfig.Share(1, upstream)),
                ExchangeBounds.NONE,
                rules.build());
    }

    private static RouteConfig byGroup(
            String regex, @Nullable String upstream, Stage stage, Function<Template, RequestRule> rule, String to) {
        RouteConditions when = RouteConditions.of(null, new PathCondition.Matching(new Regex(regex)));
        return new RouteConfig(
                regex,
                when,
                upstream == null ? List.of() : List.of(new RouteConfig.Share(1, upstream)),
                ExchangeBounds.NONE,
                new RouteRules.Builder()
                        .request(stage, rule.apply(Template.parse(to, when.groups())))
                        .build());
    }

    private static Template template(String text) {
        return Template.parse(text, Set.of());
    }
}
