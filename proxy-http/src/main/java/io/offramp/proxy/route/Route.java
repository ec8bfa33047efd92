package io.offramp.proxy.route;

import io.offramp.proxy.message.RequestTarget;
import io.offramp.proxy.rule.RouteMatch;
import io.offramp.proxy.rule.RouteRules;
import java.util.List;

/**
 * The place of a request: where it goes, and what happens to it on the way. Immutable.
 *
 * @param name for metrics and messages
 * @param prefix of the path that it names; {@code /} for any
 */
public record Route(String name, String prefix, Destination destination, RouteRules rules, RouteEvents events) {
    /** No route matches. */
    static Route unknown(RouteRules rules) {
        return new Route("", "/", Destination.UNKNOWN, rules, RouteEvents.NONE);
    }

    /** A route matches, but another reading of the path would match another route. */
    static Route ambiguous(RouteRules rules) {
        return new Route("", "/", Destination.AMBIGUOUS, rules, RouteEvents.NONE);
    }

    /** The way in which it has matched; made for rules alone. */
    public RouteMatch match(RequestTarget target) {
        String path = target.path();
        return new RouteMatch(RoutePath.isPlain(path) ? path : RoutePath.read(path, 0), prefix, List.of());
    }

    /** True if it makes no difference to a request which of both it takes. */
    boolean isLike(Route other) {
        return this == other || rules == other.rules && destination.equals(other.destination);
    }
}
