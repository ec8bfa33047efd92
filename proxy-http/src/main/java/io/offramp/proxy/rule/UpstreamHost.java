package io.offramp.proxy.rule;

import io.offramp.proxy.message.Refusal;
import io.offramp.proxy.message.RequestTarget;

/**
 * Gives the server another host than the client's, in {@code Host} or {@code :authority}. Fields about the client still
 * say which one it has asked for.
 *
 * @param value host and optional port
 */
public record UpstreamHost(Template value) implements RequestRule {
    @Override
    public void apply(RuleRequest request, RuleOutcome next) {
        String authority = value.text(request);
        if (RequestTarget.isAuthority(authority)) {
            request.edits().authority(authority);
            next.pass();
        } else {
            next.refuse(Refusal.BAD_REQUEST, "no host for the server: \"" + authority + "\"");
        }
    }
}
