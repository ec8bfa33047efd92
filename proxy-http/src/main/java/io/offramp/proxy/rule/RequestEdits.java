package io.offramp.proxy.rule;

import io.offramp.proxy.message.FieldEdits;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.message.RequestTarget;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Changes of one request on its way to the server, by its rules. Confined to the event loop. */
public final class RequestEdits {
    private final FieldEdits fields = new FieldEdits();
    private @Nullable String target;
    private @Nullable String authority;
    private @Nullable String user;
    private @Nullable Map<String, String> vouched;

    /** Changes of its fields. */
    public FieldEdits fields() {
        return fields;
    }

    /** Path and query as the rules so far have rewritten them; null if they have not. */
    public @Nullable String target() {
        return target;
    }

    /**
     * Rewrites path and query.
     *
     * @param originForm begins with a slash; printable ASCII without blanks
     */
    public void target(String originForm) {
        target = originForm;
    }

    /** Host and port that the server gets in place of the client's; null if a rule sets none. */
    public @Nullable String authority() {
        return authority;
    }

    /**
     * Gives the server another host than the client's.
     *
     * @param hostAndPort valid by {@link RequestTarget#isAuthority}
     */
    public void authority(String hostAndPort) {
        authority = hostAndPort;
    }

    /** The user whose password an access rule has checked; null if none has. */
    public @Nullable String user() {
        return user;
    }

    /** An access rule has checked this user's password. */
    public void user(String name) {
        user = name;
    }

    /**
     * An access rule answers for a field: what it says counts, whatever the client has sent and later rules change.
     *
     * @param lower name in lower case
     * @param value empty if the request has none
     */
    public void vouch(String lower, String value) {
        Map<String, String> all = vouched;
        if (all == null) {
            all = new HashMap<>(4);
            vouched = all;
        }
        all.put(lower, value);
    }

    /** The value of a field that an access rule answers for; null if none does. */
    public @Nullable String vouched(String lower) {
        Map<String, String> all = vouched;
        return all == null ? null : all.get(lower);
    }

    /** The request with all changes. Its own start line, which logs show, stays. */
    public RequestHead on(RequestHead head) {
        if (fields.isEmpty() && target == null && authority == null) {
            return head;
        }
        RequestTarget asked = head.target();
        RequestTarget to = target == null && authority == null
                ? asked
                : new RequestTarget(asked.authority(), target == null ? asked.originForm() : target, null, authority);
        return new RequestHead(
                fields.isEmpty() ? head.message() : head.message().with(fields), to, head.options(), head.length());
    }
}
