package io.offramp.proxy.guard;

import io.offramp.proxy.guard.GuardEvents.Condition;
import io.offramp.proxy.message.Refusal;
import io.offramp.proxy.rule.RequestRule;
import io.offramp.proxy.rule.RuleOutcome;
import io.offramp.proxy.rule.RuleRequest;
import java.net.InetAddress;

/** Lets requests pass by the address of their client. */
public record AddressRule(AddressList list, GuardEvents events) implements RequestRule {
    @Override
    public void apply(RuleRequest request, RuleOutcome next) {
        InetAddress client = request.client().source().of(request.head().fields());
        if (list.allows(client)) {
            next.pass();
        } else {
            events.onRefused(Condition.ADDRESS);
            next.refuse(Refusal.FORBIDDEN, "address " + client.getHostAddress());
        }
    }
}
