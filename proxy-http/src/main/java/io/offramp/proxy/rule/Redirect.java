package io.offramp.proxy.rule;

import io.offramp.proxy.message.OwnAnswer;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Answers every request with another place (RFC 9110 §15.4). A path stays one: clients read two slashes at the
 * beginning, or a backslash behind one, as the name of another host.
 *
 * @param status 301, 302, 303, 307 or 308
 * @param to the place
 */
public record Redirect(int status, Template to) implements RequestRule {
    private static final Pattern SLASHES = Pattern.compile("^(?:[/\\\\]|%5C)+", Pattern.CASE_INSENSITIVE);

    @Override
    public void apply(RuleRequest request, RuleOutcome next) {
        OwnAnswer.Entry location =
                new OwnAnswer.Entry("Location", SLASHES.matcher(to.url(request)).replaceFirst("/"));
        next.answer(OwnAnswer.of(status, List.of(location), new byte[0]), null);
    }
}
