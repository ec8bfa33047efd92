package io.offramp.proxy.message;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An answer that this proxy makes itself.
 *
 * @param reason of the status, where the version of HTTP has one
 * @param fields beside {@code Content-Length}, {@code Date} and {@code Retry-After}
 * @param body not to be changed
 * @param last true if the connection takes no further request
 * @param retryAfterS seconds behind which the client may ask again (RFC 9110 §10.2.3); 0 if it is not known
 * @param code of a server's reset, for clients whose protocol says more than a status of HTTP; null for none
 */
public record OwnAnswer(
        int status,
        String reason,
        List<Entry> fields,
        byte[] body,
        boolean last,
        int retryAfterS,
        @Nullable ResetCode code) {
    private static final byte[] RETRY_AFTER = "retry-after".getBytes(StandardCharsets.US_ASCII);
    private static final String TYPE = "Content-Type";
    /** Fields about the bytes of a body (RFC 9110 §8). */
    private static final Set<String> OF_BODY = Set.of(
            "accept-ranges",
            "content-digest",
            "content-disposition",
            "content-encoding",
            "content-language",
            "content-location",
            "content-md5",
            "content-type",
            "digest",
            "etag",
            "last-modified",
            "repr-digest",
            "trailer");

    /**
     * A field.
     *
     * @param name a token
     * @param value ASCII without control characters
     */
    public record Entry(String name, String value) {}

    /** Copies the list. */
    public OwnAnswer {
        fields = List.copyOf(fields);
    }

    /** One with one field, that no reset has caused. */
    public OwnAnswer(int status, String reason, String name, String value, byte[] body, boolean last) {
        this(status, reason, List.of(new Entry(name, value)), body, last, 0, null);
    }

    /** One behind which the connection persists. */
    public static OwnAnswer of(int status, List<Entry> fields, byte[] body) {
        return new OwnAnswer(status, HttpResponseStatus.valueOf(status).reasonPhrase(), fields, body, false, 0, null);
    }

    /** A server's answer with another body: all its fields that pass. */
    public static OwnAnswer of(AnswerHead head, byte[] body) {
        Fields from = head.message().fields();
        List<Entry> fields = new ArrayList<>();
        for (int i = 0; i < from.size(); i++) {
            if (from.kind(i) != Field.DATE && FieldRules.passes(from, head.options(), i, false)) {
                fields.add(new Entry(from.name(i), from.value(i)));
            }
        }
        return of(head.status(), fields, body);
    }

    /** Whether it states its length: one of status 204 must not, and one of 304 has none (RFC 9110 §8.6). */
    public boolean hasLength() {
        return status != 204 && status != 304;
    }

    /** The same with another body, without the fields about the one so far. */
    public OwnAnswer with(String type, byte[] other) {
        List<Entry> changed = new ArrayList<>(fields);
        changed.removeIf(entry -> OF_BODY.contains(entry.name.toLowerCase(Locale.ROOT)));
        changed.add(new Entry(TYPE, type));
        return new OwnAnswer(status, reason, changed, other, last, retryAfterS, code);
    }

    /** The same with these changes of its fields. */
    public OwnAnswer with(FieldEdits edits) {
        return new OwnAnswer(status, reason, edits.on(fields), body, last, retryAfterS, code);
    }

    /** The same with a time to wait. */
    public OwnAnswer withRetryAfter(int seconds) {
        return new OwnAnswer(status, reason, fields, body, last, seconds, code);
    }

    /** In the place of an answer of which only the status and a Retry-After in seconds are left. */
    public static OwnAnswer inPlaceOf(AnswerHead head) {
        Fields fields = head.message().fields();
        int retryAfter = fields.indexOf(RETRY_AFTER);
        long seconds = retryAfter < 0 ? 0 : Math.clamp(fields.number(retryAfter), 0, Integer.MAX_VALUE);
        String reason = HttpResponseStatus.valueOf(head.status()).reasonPhrase();
        String text = head.status() + " " + reason + ": the server behind this proxy cannot answer now\n";
        return new OwnAnswer(
                head.status(),
                reason,
                List.of(new Entry(TYPE, "text/plain; charset=us-ascii")),
                text.getBytes(StandardCharsets.US_ASCII),
                false,
                (int) seconds,
                null);
    }
}
