package io.offramp.proxy.route;

import io.offramp.proxy.message.RequestTarget;
import io.offramp.proxy.rule.RouteMatch;
import io.offramp.proxy.rule.RouteRules;
import java.util.ArrayList;
import java.util.List;

/**
 * The place of a request: where it goes, and what happens to it on the way. Immutable.
 *
 * @param name for metrics and messages
 * @param when conditions that its requests meet, for readings of paths
 */
public record Route(String name, RouteConditions when, Destination destination, RouteRules rules, RouteEvents events) {
    /** No route matches. */
    static Route unknown(RouteRules rules) {
        return none(Destination.UNKNOWN, rules);
    }

    /** A route matches, but another reading of the path would match another route. */
    static Route ambiguous(RouteRules rules) {
        return none(Destination.AMBIGUOUS, rules);
    }

    private static Route none(Destination destination, RouteRules rules) {
        return new Route("", RouteConditions.of(null, PathCondition.any()), destination, rules, RouteEvents.NONE);
    }

    /** The way in which it has matched; made for rules alone. */
    public RouteMatch match(RequestTarget target) {
        String raw = target.path();
        String path = RoutePath.isPlain(raw) ? raw : RoutePath.read(raw, 0);
        List<RouteMatch.Group> groups = new ArrayList<>();
        if (when.path() instanceof PathCondition.Matching(Regex regex)) {
            regex.match(path, groups);
        }
        String prefix = when.path() instanceof PathCondition.Prefix(String text) ? text : "/";
        return new RouteMatch(path, prefix, groups, RoutePath.spelling(raw));
    }

    /** True if no rule for requests of the other is passed by. */
    boolean hasRequestRulesOf(Route other) {
        return rules.request().containsAll(other.rules.request());
    }

    /** True if it makes no difference to a request which of both it takes. */
    boolean isLike(Route other) {
        return this == other || rules == other.rules && destination.equals(other.destination);
    }
}
