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
import io.offramp.proxy.rule.RuleFailure;
import io.offramp.proxy.rule.RuleRequest;
import io.offramp.proxy.upstream.ExchangeBounds;
import io.offramp.proxy.upstream.UpstreamGroup;
import io.offramp.proxy.upstream.pool.UpstreamLoop;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The route of an exchange, and its rules on both ways. Confined to the event loop. */
abstract sealed class RoutedExchange extends EndingExchange permits Exchange {
    private static final Logger LOG = LoggerFactory.getLogger(RoutedExchange.class);

    final UpstreamLoop servers;
    ExchangeBounds bounds = ExchangeBounds.NONE;
    private @Nullable Route route;
    private Destination.@Nullable To destination;
    /** Null for a route without rules, and in front of the route. */
    private @Nullable RuleRun rules;

    private @Nullable AnswerFilter filter;
    /** A line of the answer's head that keeps the client with its share; null for none. */
    private byte @Nullable [] mark;

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
            case Destination.Split split -> begin(found, share(split, head), head);
            case Destination.Rules all -> begin(found, null, head);
            case Destination.Nowhere(Refusal refusal, String why) -> refuse(refusal, why);
        }
    }

    private Destination.To share(Destination.Split split, RequestHead head) {
        Destination.Share chosen = split.of(head, client.fields());
        mark = split.cookie(chosen, head, client.fields());
        return chosen.to();
    }

    /** A rule has thrown. */
    final void onRuleFailed(RuleFailure failure) {
        settings.events().onRuleFailed();
        LOG.error("route {}: {} failed", route == null ? "" : route.name(), failure.getMessage(), failure.getCause());
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
    final void sendHead(AnswerHead answer) {
        AnswerHead head = marked(answer);
        RuleRun run = rules;
        if (run == null) {
            answerSide.onHead(head.status());
            client.sendHead(head);
            return;
        }
        AnswerFilter.Filtered behind = run.onAnswer(head);
        if (behind != null) {
            filter = behind.filter();
            answerSide.onHead(head.status());
            client.sendHead(behind.head());
        }
    }

    private AnswerHead marked(AnswerHead head) {
        byte[] line = mark;
        return line == null ? head : head.with(line);
    }

    /** The head in front of a tunnel, which no filter changes; null if a rule has failed, so that this is over. */
    final @Nullable AnswerHead changed(AnswerHead answer) {
        AnswerHead head = marked(answer);
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
