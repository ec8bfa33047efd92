package io.offramp.proxy.rule;

import io.offramp.proxy.message.Refusal;

/**
 * Gives the server another path than the client's. The result is a path of one reading: that by which the request was
 * routed.
 */
public sealed interface Rewrite extends RequestRule {
    /**
     * Another prefix in place of the route's.
     *
     * @param by without a slash at its end; empty to strip the prefix
     */
    record Prefix(String by) implements Rewrite {
        @Override
        public void apply(RuleRequest request, RuleOutcome next) {
            RouteMatch route = request.route();
            if (route.path().startsWith("/")) {
                String rest = route.prefix().equals("/")
                        ? route.path()
                        : route.path().substring(route.prefix().length());
                String path =
                        by + UrlText.path(rest.isEmpty() && !by.isEmpty() || rest.startsWith("/") ? rest : "/" + rest);
                request.edits().target(path + query(request));
            }
            next.pass();
        }
    }

    /**
     * A path out of variables; the client's query stays unless the text has one. A request is refused if what it fills
     * in makes dot segments: the path would be another than the one of which the routes have judged.
     *
     * @param to begins with a slash
     */
    record Whole(Template to) implements Rewrite {
        @Override
        public void apply(RuleRequest request, RuleOutcome next) {
            String target = to.target(request);
            int query = target.indexOf('?');
            String path = query < 0 ? target : target.substring(0, query);
            if (!UrlText.isResolved(path)) {
                next.refuse(Refusal.BAD_REQUEST, "dot segments in the rewritten path");
                return;
            }
            request.edits().target(UrlText.merged(path) + (query < 0 ? query(request) : target.substring(query)));
            next.pass();
        }
    }

    private static String query(RuleRequest request) {
        String target = request.head().target().originForm();
        int query = target.indexOf('?');
        return query < 0 ? "" : target.substring(query);
    }
}
