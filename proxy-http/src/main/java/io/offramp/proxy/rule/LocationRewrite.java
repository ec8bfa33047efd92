package io.offramp.proxy.rule;

import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.FieldEdits;
import io.offramp.proxy.message.Fields;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gives clients their own names for places of the server, in {@code Location} and {@code Content-Location}: the
 * client's scheme and host in place of the server's, and the client's path in place of a rewritten one. Servers that
 * take themselves for plain HTTP name the client's host with {@code http}, which is replaced as well.
 *
 * @param origins of the server as it may name itself, such as {@code http://app.internal:8080}; lower case
 * @param from prefix of the server's paths; without a slash at its end
 * @param to prefix of the client's paths; without a slash at its end
 */
public record LocationRewrite(List<String> origins, String from, String to) implements AnswerRule {
    private static final byte[] LOCATION = "location".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CONTENT_LOCATION = "content-location".getBytes(StandardCharsets.US_ASCII);

    /** Copies the list. */
    public LocationRewrite {
        origins = List.copyOf(origins);
    }

    @Override
    public AnswerHead apply(AnswerHead head, RuleRequest request) {
        Fields fields = head.message().fields();
        FieldEdits edits = new FieldEdits();
        rewrite(fields, LOCATION, "Location", request, edits);
        rewrite(fields, CONTENT_LOCATION, "Content-Location", request, edits);
        return edits.isEmpty() ? head : head.with(edits);
    }

    private void rewrite(Fields fields, byte[] lower, String name, RuleRequest request, FieldEdits edits) {
        int index = fields.indexOf(lower);
        String changed = index < 0 ? null : changed(fields.value(index), request);
        if (changed != null) {
            edits.set(name, changed);
        }
    }

    private @Nullable String changed(String place, RuleRequest request) {
        String authority = request.head().target().authority();
        String own = Variable.scheme(request) + "://" + (authority == null ? "" : authority);
        if (authority != null && isOf(place, "http://" + authority)) {
            return own + rest(place, "http://" + authority);
        }
        for (String origin : authority == null ? List.<String>of() : origins) {
            if (isOf(place, origin)) {
                return own + rest(place, origin);
            }
        }
        return place.startsWith("/") && !place.startsWith("//") ? path(place) : null;
    }

    private static boolean isOf(String place, String origin) {
        return place.regionMatches(true, 0, origin, 0, origin.length())
                && (place.length() == origin.length() || "/?#".indexOf(place.charAt(origin.length())) >= 0);
    }

    private String rest(String place, String origin) {
        String rest = place.substring(origin.length());
        String path = path(rest);
        return path == null ? rest : path;
    }

    /** The path as clients name it; null if it stays. */
    private @Nullable String path(String place) {
        boolean below = place.startsWith(from)
                && (place.length() == from.length() || "/?#".indexOf(place.charAt(from.length())) >= 0);
        return below && !from.equals(to) ? to + place.substring(from.length()) : null;
    }
}
