package io.offramp.proxy.guard;

import io.offramp.proxy.guard.GuardEvents.Condition;
import io.offramp.proxy.message.Refusal;
import io.offramp.proxy.rule.RequestRule;
import io.offramp.proxy.rule.RuleOutcome;
import io.offramp.proxy.rule.RuleRequest;
import io.offramp.proxy.tls.ClientIdentity;
import io.offramp.proxy.tls.Negotiated;

/**
 * Lets requests pass by the certificate of their connection. One connection cannot ask for it later: TLS 1.3 has no
 * renegotiation, and HTTP/2 forbids it (RFC 9113 §9.2.1). A client without one may show it on another connection, which
 * 421 says (RFC 9110 §15.5.20).
 */
public record CertificateRule(CertificateCondition condition, GuardEvents events) implements RequestRule {
    @Override
    public void apply(RuleRequest request, RuleOutcome next) {
        Negotiated tls = request.connection().tls();
        ClientIdentity client = tls == null ? null : tls.client();
        if (client == null) {
            events.onRefused(Condition.CLIENT_CERTIFICATE);
            next.refuse(Refusal.MISDIRECTED, "no client certificate");
        } else if (condition.accepts(client)) {
            next.pass();
        } else {
            events.onRefused(Condition.CLIENT_CERTIFICATE);
            next.refuse(Refusal.FORBIDDEN, "client certificate of " + client.subject());
        }
    }
}
