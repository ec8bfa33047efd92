package io.offramp.proxy.rule;

import io.offramp.proxy.message.FieldEdits;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.message.RequestTarget;
import org.jspecify.annotations.Nullable;

/** Changes of one request on its way to the server, by its rules. Confined to the event loop. */
public final class RequestEdits {
    private final FieldEdits fields = new FieldEdits();
    private @Nullable String target;

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

    /** The request with all changes. Its own start line, which logs show, stays. */
    public RequestHead on(RequestHead head) {
        if (fields.isEmpty() && target == null) {
            return head;
        }
        RequestTarget to =
                target == null ? head.target() : new RequestTarget(head.target().authority(), target, null);
        return new RequestHead(
                fields.isEmpty() ? head.message() : head.message().with(fields), to, head.options(), head.length());
    }
}
