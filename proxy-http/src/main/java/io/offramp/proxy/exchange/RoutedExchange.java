package io.offramp.proxy.exchange;

import io.netty.buffer.ByteBuf;
import io.offramp.proxy.budget.Shed;
import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.OwnAnswer;
import io.offramp.proxy.message.Refusal;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.route.Destination;
import io.offramp.proxy.route.Route;
import io.offramp.proxy.rule.AnswerFilter;
import io.offramp.proxy.rule.RequestEdits;
import io.offramp.proxy.rule.RouteRules;
import io.offramp.proxy.rule.RuleRequest;
import io.offramp.proxy.upstream.ExchangeBounds;
import io.offramp.proxy.upstream.UpstreamGroup;
import io.offramp.proxy.upstream.pool.UpstreamLoop;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** The route of an exchange, and its rules on both ways. Confined to the event loop. */
abstract sealed class RoutedExchange extends EndingExchange permits Exchange {
    final UpstreamLoop servers;
    ExchangeBounds bounds = ExchangeBounds.NONE;
    private @Nullable Route route;
    private Destination.@Nullable To destination;
    /** Null for a route without rules, and in front of the route. */
    private @Nullable RuleRun rules;

    private @Nullable AnswerFilter filter;

    RoutedExchange(ClientStream client, HttpFrontSettings settings, UpstreamLoop servers) {
        super(client, settings);
        this.servers = servers;
    }

    /** A request that is valid so far begins its way. */
    final void route(RequestHead head) {
        if (settings.budget().isShedding()) {
            settings.budget().onShed(Shed.REQUEST);
            refuse(Refusal.OVERLOADED, "memory is short");
            return;
        }
        Route found = settings.router().route(head, client.fields().source());
        route = found;
        switch (found.destination()) {
            case Destination.To to -> begin(found, to, head);
            case Destination.Split split -> begin(found, split.of(chance(split)), head);
            case Destination.Rules all -> begin(found, null, head);
            case Destination.Nowhere(Refusal refusal, String why) -> refuse(refusal, why);
        }
    }

    private static int chance(Destination.Split split) {
        return ThreadLocalRandom.current().nextInt(split.weight());
    }

    private void begin(Route found, Destination.@Nullable To to, RequestHead head) {
        ExchangeBounds own = to == null ? ExchangeBounds.NONE : to.bounds();
        destination = to;
        bounds = own;
        long totalNs = settings.totalNs(own);
        if (totalNs > 0) {
            limit(servers.eventLoop(), totalNs);
        }
        RouteRules of = found.rules();
        if (of.isNone()) {
            forward(head);
            return;
        }
        RuleRequest request = new RuleRequest(
                head,
                found.match(head.target()),
                client.fields(),
                client.connection(),
                servers,
                client.allocator(),
                new RequestEdits());
        RuleRun run = new RuleRun(this, of, request);
        rules = run;
        run.pass();
        if (run.isJudging()) {
            client.awaitServer(settings.answerNs(own));
        }
    }

    /** All rules have let it pass. */
    final void forward(RequestHead head) {
        request = head;
        Destination.To to = destination;
        if (to == null) {
            refuse(Refusal.NO_ROUTE, "no rule has answered");
        } else if (head.length() > settings.bodyLimit(bounds)) {
            refuse(Refusal.BODY_TOO_LARGE, null);
        } else {
            UpstreamGroup group = to.upstream();
            int most = group.retryRules().bodyBytes(head);
            if (most > 0) {
                requestSide.keep(most, head.length());
            }
            search().begin(group);
        }
    }

    /** True while a rule waits. */
    final boolean isJudged() {
        RuleRun run = rules;
        return run != null && run.isJudging();
    }

    /** True for a route without rules: nothing asks for the request's fields once they are sent. */
    final boolean isPlain() {
        return rules == null;
    }

    /** Trailers of the request, as the server gets them. */
    final Fields onTrailers(Fields trailers) {
        RuleRun run = rules;
        return run == null ? trailers : run.trailers(trailers);
    }

    /** The page in place of a server's answer; null if that passes. */
    final @Nullable OwnAnswer inPlaceOf(AnswerHead head) {
        RuleRun run = rules;
        return run == null ? null : run.inPlaceOf(head);
    }

    /** Sends the head of a server's answer. */
    final void sendHead(AnswerHead head) {
        RuleRun run = rules;
        if (run == null) {
            client.sendHead(head);
            return;
        }
        AnswerFilter.Filtered behind = run.onAnswer(head);
        filter = behind.filter();
        client.sendHead(behind.head());
    }

    /** The head in front of a tunnel, which no filter changes. */
    final AnswerHead changed(AnswerHead head) {
        RuleRun run = rules;
        return run == null ? head : run.onSwitching(head);
    }

    @Override
    final OwnAnswer changed(OwnAnswer own) {
        RuleRun run = rules;
        if (run != null) {
            return run.onAnswer(own);
        }
        Route found = route;
        RouteRules of = found == null ? settings.router().unrouted() : found.rules();
        return of.isNone() ? own : of.pages().on(own);
    }

    /** True if the body passes through this process as it is, so that it may as well pass by. */
    final boolean isUnfiltered() {
        return filter == null;
    }

    /** Sends a piece of a server's answer, which moves here. */
    final void sendBody(ByteBuf piece) {
        AnswerFilter through = filter;
        if (through == null) {
            client.sendBody(piece);
        } else {
            through.write(piece, client::sendBody);
        }
    }

    /** The server pauses. */
    final void flushFilter() {
        AnswerFilter through = filter;
        if (through != null) {
            through.flush(client::sendBody);
        }
    }

    /** The server's answer is complete. */
    final void endFilter() {
        AnswerFilter through = filter;
        filter = null;
        if (through != null) {
            through.end(client::sendBody);
            through.release();
        }
    }

    @Override
    final void onReport(int status, long received, long answered, long durationNs) {
        AnswerFilter through = filter;
        filter = null;
        if (through != null) {
            through.release();
        }
        RuleRun run = rules;
        if (run != null) {
            run.onEnd(received, answered);
        }
        if (route != null) {
            route.events().onRequest(status, durationNs);
        }
    }
}
