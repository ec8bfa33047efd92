package io.offramp.proxy.rule;

import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.OwnAnswer;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Bodies for answers with an error, by status.
 *
 * @param pages by status
 * @param intercept true if they also take the place of servers' answers
 */
public record ErrorPages(Map<Integer, Page> pages, boolean intercept) {
    /** No page. */
    public static final ErrorPages NONE = new ErrorPages(Map.of(), false);

    /**
     * A body.
     *
     * @param type of its content
     * @param body not to be changed
     */
    public record Page(String type, byte[] body) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Page page && type.equals(page.type) && Arrays.equals(body, page.body);
        }

        @Override
        public int hashCode() {
            return 31 * type.hashCode() + Arrays.hashCode(body);
        }
    }

    /** Copies the map. */
    public ErrorPages {
        pages = Map.copyOf(pages);
    }

    /** True without any page. */
    public boolean isEmpty() {
        return pages.isEmpty();
    }

    /**
     * The page in place of a server's answer, with the fields that say more than the status; null if the answer passes.
     */
    public @Nullable OwnAnswer inPlaceOf(AnswerHead head) {
        Page page = intercept ? pages.get(head.status()) : null;
        return page == null ? null : OwnAnswer.of(head, page.body).with(page.type, page.body);
    }

    /** The same answer with its page, if there is one. */
    public OwnAnswer on(OwnAnswer own) {
        Page page = pages.get(own.status());
        return page == null ? own : own.with(page.type, page.body);
    }
}
