package io.offramp.proxy.guard;

import io.offramp.proxy.guard.GuardEvents.Condition;
import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.FieldEdits;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.OwnAnswer;
import io.offramp.proxy.message.Refusal;
import io.offramp.proxy.rule.RequestRule;
import io.offramp.proxy.rule.RouteMatch;
import io.offramp.proxy.rule.RuleOutcome;
import io.offramp.proxy.rule.RuleRequest;
import io.offramp.proxy.rule.UrlText;
import io.offramp.proxy.upstream.UpstreamGroup;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/**
 * Lets requests pass that another server allows. It answers a question about each: 2xx lets the request pass, with
 * chosen fields of that answer; 3xx and 4xx are for the client, who gets them as they are. All else, and no answer, is
 * a failure: the request never passes then.
 */
public final class ForwardAuthRule implements RequestRule {
    private final ForwardAuthConfig config;
    private final UpstreamGroup group;
    private final GuardEvents events;
    private final List<Copied> copied;

    private record Copied(String name, byte[] lower) {}

    /** @param group the upstream of the configuration */
    public ForwardAuthRule(ForwardAuthConfig config, UpstreamGroup group, GuardEvents events) {
        this.config = config;
        this.group = group;
        this.events = events;
        copied = config.copy().stream()
                .map(name -> new Copied(name, name.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII)))
                .toList();
    }

    @Override
    public void apply(RuleRequest request, RuleOutcome next) {
        if (request.route().spelling() == RouteMatch.Spelling.AMBIGUOUS) {
            next.refuse(Refusal.BAD_REQUEST, "path with several readings, " + group.name() + " would judge one");
            return;
        }
        AuthExchange exchange = new AuthExchange(
                request.servers(),
                group,
                AuthQuestion.head(config, request.head(), target(request), request.client()),
                AuthQuestion.client(request.client()),
                request.allocator(),
                answer -> next.resume(() -> onAnswer(answer, request, next)));
        next.onCancel(exchange::cancel);
        exchange.begin(config.timeout().toNanos());
    }

    /** What is judged is what the server gets: the reading by which the request was routed. */
    private static String target(RuleRequest request) {
        String asked = request.head().target().originForm();
        if (request.route().spelling() == RouteMatch.Spelling.PLAIN) {
            return asked;
        }
        int query = asked.indexOf('?');
        String read = UrlText.path(request.route().path()) + (query < 0 ? "" : asked.substring(query));
        request.edits().target(read);
        return read;
    }

    private void onAnswer(AuthAnswer answer, RuleRequest request, RuleOutcome next) {
        switch (answer) {
            case AuthAnswer.Allowed(AnswerHead head) -> {
                copy(head.message().fields(), request);
                next.pass();
            }
            case AuthAnswer.Denied(AnswerHead head, byte[] body) -> {
                events.onRefused(Condition.FORWARD_AUTH);
                next.relay(OwnAnswer.of(head, body), "denied by " + group.name());
            }
            case AuthAnswer.Failed(boolean reached, String why) -> {
                events.onUndecided();
                next.refuse(reached ? Refusal.BAD_GATEWAY : Refusal.NO_SERVER, group.name() + ": " + why);
            }
        }
    }

    /**
     * A client's own fields of these names never pass, nor those that some servers take for them, such as
     * {@code Remote_User} (RFC 3875 §4.1.18).
     */
    private void copy(Fields from, RuleRequest request) {
        Fields own = request.head().fields();
        for (int i = 0; i < own.size(); i++) {
            String name = own.name(i);
            if (config.copies(name)) {
                request.edits().fields().remove(FieldEdits.lower(name));
            }
        }
        for (Copied each : copied) {
            request.edits().fields().remove(each.lower);
            StringJoiner values = new StringJoiner(", ");
            for (int i = 0; i < from.size(); i++) {
                if (from.isName(i, each.lower)) {
                    request.edits().fields().add(each.name, from.value(i));
                    values.add(from.value(i));
                }
            }
            request.edits().vouch(each.name.toLowerCase(Locale.ROOT), values.toString());
        }
    }
}
