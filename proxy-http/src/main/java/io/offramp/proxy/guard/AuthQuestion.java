package io.offramp.proxy.guard;

import io.offramp.proxy.message.ClientFields;
import io.offramp.proxy.message.ConnectionOptions;
import io.offramp.proxy.message.Field;
import io.offramp.proxy.message.FieldRules;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.Forwarding;
import io.offramp.proxy.message.HeadWriter;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.message.RequestTarget;
import java.util.Locale;

/**
 * The request to a server that decides on another request: a GET with the other one's fields, its method in
 * {@code X-Forwarded-Method} and its target in {@code X-Forwarded-Uri}. It is this proxy's own, so what it says of
 * client and request counts, and what the client said of them does not, unless that is a trusted proxy. Fields that are
 * copied from its answer are left out, so that no client answers in its place. Pure functions.
 */
final class AuthQuestion {
    private AuthQuestion() {}

    /** @param target path and query that the server gets if it is allowed */
    static RequestHead head(ForwardAuthConfig config, RequestHead asked, String target, ClientFields client) {
        HeadWriter head = HeadWriter.request("GET", config.path());
        Fields fields = asked.fields();
        for (int i = 0; i < fields.size(); i++) {
            if (passes(asked, i, client) && !config.copies(fields.name(i))) {
                head.copy(fields, i);
            }
        }
        head.field("X-Forwarded-Method", asked.message().method());
        head.field("X-Forwarded-Uri", target);
        String authority = asked.target().authority();
        if (authority != null && !isTold(fields, Field.X_FORWARDED_HOST, client)) {
            head.field("X-Forwarded-Host", authority);
        }
        return new RequestHead(
                head.complete(), new RequestTarget(null, config.path(), null), ConnectionOptions.NONE, 0);
    }

    private static boolean isTold(Fields fields, Field kind, ClientFields client) {
        return client.trusted() && client.forwarding().xForwarded() && fields.has(kind);
    }

    private static boolean passes(RequestHead asked, int index, ClientFields client) {
        Fields fields = asked.fields();
        return switch (fields.kind(index)) {
            case OTHER -> FieldRules.passes(asked, index, client, true) && isOfTheClient(fields.name(index));
            case X_FORWARDED_FOR -> client.trusted();
            case FORWARDED, X_FORWARDED_HOST, X_FORWARDED_PROTO, X_REQUEST_ID, TRACEPARENT, TRACESTATE ->
                FieldRules.passes(asked, index, client, true);
            default -> false;
        };
    }

    /** Not about the body, and not about a copy of the other answer that the client has. */
    private static boolean isOfTheClient(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return !lower.startsWith("content-")
                && !lower.startsWith("if-")
                && !lower.startsWith("sec-websocket-")
                && !lower.equals("range")
                && !lower.equals("accept-encoding");
    }

    /** The client's fields, as those of a proxy whose word counts. */
    static ClientFields client(ClientFields client) {
        Forwarding told = client.forwarding();
        return new ClientFields(
                client.address(),
                client.proto(),
                client.certificate(),
                client.source(),
                true,
                new Forwarding(true, told.forwarded(), told.hops(), told.requestId(), told.trace()));
    }
}
