package io.offramp.proxy.rule;

import io.offramp.proxy.message.OwnAnswer;
import java.util.List;

/**
 * Sends clients that have come by plain HTTP to the same place under https.
 *
 * @param status 301, 302, 307 or 308
 * @param port of the https listener, as clients see it
 */
public record HttpsRedirect(int status, int port) implements RequestRule {
    /** That of https (RFC 9110 §4.2.2). */
    public static final int PORT = 443;

    @Override
    public void apply(RuleRequest request, RuleOutcome next) {
        String host = request.head().target().host();
        if (host == null || !Variable.scheme(request).equals("http")) {
            next.pass(); // an HTTP/1.0 client without Host has no place to go to
            return;
        }
        String authority = port == PORT ? host : host + ":" + port;
        String target = request.head().target().originForm();
        String location = UrlText.valid("https://" + authority + (target.startsWith("/") ? target : "/"));
        next.answer(OwnAnswer.of(status, List.of(new OwnAnswer.Entry("Location", location)), new byte[0]), null);
    }
}
