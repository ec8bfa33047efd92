package io.offramp.proxy.rule;

import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.OwnAnswer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The rules of one route, each list in the order in which they are applied. Immutable. */
public final class RouteRules {
    /** Of a route without rules. Compared by identity: such a route pays for nothing else. */
    public static final RouteRules NONE = new Builder().make();

    private final List<Staged> staged;
    private final List<RequestRule> request;
    private final List<AnswerRule> answer;
    private final List<EndRule> ends;
    private final AnswerFilter.@Nullable Maker filter;
    private final ErrorPages pages;

    private record Staged(Stage stage, RequestRule rule) {}

    private RouteRules(Builder from) {
        staged = List.copyOf(from.request);
        request = staged.stream()
                .sorted(Comparator.comparing(Staged::stage))
                .map(Staged::rule)
                .toList();
        answer = List.copyOf(from.answer);
        ends = List.copyOf(from.ends);
        filter = from.filter;
        pages = from.pages;
    }

    /** Collects rules. */
    public static final class Builder {
        private final List<Staged> request = new ArrayList<>();
        private final List<AnswerRule> answer = new ArrayList<>();
        private final List<EndRule> ends = new ArrayList<>();
        private AnswerFilter.@Nullable Maker filter;
        private ErrorPages pages = ErrorPages.NONE;

        /** A rule for requests, behind those of its stage so far. */
        public Builder request(Stage stage, RequestRule rule) {
            request.add(new Staged(stage, rule));
            return this;
        }

        /** A rule for answers, behind those so far. */
        public Builder answer(AnswerRule rule) {
            answer.add(rule);
            return this;
        }

        /** Learns of ends. */
        public Builder end(EndRule rule) {
            ends.add(rule);
            return this;
        }

        /** The only filter of bodies. */
        public Builder filter(AnswerFilter.Maker maker) {
            filter = maker;
            return this;
        }

        /** Pages in place of errors. */
        public Builder pages(ErrorPages errors) {
            pages = errors;
            return this;
        }

        /** The rules so far; {@link #NONE} if there are none. */
        public RouteRules build() {
            boolean none = request.isEmpty() && answer.isEmpty() && ends.isEmpty() && filter == null && pages.isEmpty();
            return none ? NONE : make();
        }

        private RouteRules make() {
            return new RouteRules(this);
        }
    }

    /** A builder with these rules. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.request.addAll(staged);
        builder.answer.addAll(answer);
        builder.ends.addAll(ends);
        builder.filter = filter;
        builder.pages = pages;
        return builder;
    }

    /**
     * True if all rules are written alike: a reload then changes nothing. The router tells routes apart by identity.
     */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RouteRules rules
                && staged.equals(rules.staged)
                && answer.equals(rules.answer)
                && ends.equals(rules.ends)
                && Objects.equals(filter, rules.filter)
                && pages.equals(rules.pages);
    }

    @Override
    public int hashCode() {
        return Objects.hash(staged, answer, ends, filter, pages);
    }

    /** Whether it is {@link #NONE}. */
    public boolean isNone() {
        return this == NONE;
    }

    /** Rules for requests, in order. */
    public List<RequestRule> request() {
        return request;
    }

    /** Pages in place of errors. */
    public ErrorPages pages() {
        return pages;
    }

    /**
     * The answer of a server behind all rules, and a filter for its body if there is one.
     *
     * @throws RuleFailure if one of them fails, as the other methods for answers do
     */
    public AnswerFilter.Filtered answer(AnswerHead head, RuleRequest to) {
        AnswerHead changed = head(head, to);
        AnswerFilter.Maker maker = filter;
        if (maker == null) {
            return new AnswerFilter.Filtered(changed, null);
        }
        try {
            return maker.of(to, changed);
        } catch (RuntimeException e) {
            throw new RuleFailure(maker, e);
        }
    }

    /** The head of an answer behind its rules. */
    public AnswerHead head(AnswerHead head, RuleRequest to) {
        AnswerHead changed = head;
        for (AnswerRule rule : answer) {
            try {
                changed = rule.apply(changed, to);
            } catch (RuntimeException e) {
                throw new RuleFailure(rule, e);
            }
        }
        return changed;
    }

    /** An answer of our own behind all rules. */
    public OwnAnswer answer(OwnAnswer own, RuleRequest to) {
        OwnAnswer changed = own;
        for (AnswerRule rule : answer) {
            try {
                changed = rule.apply(changed, to);
            } catch (RuntimeException e) {
                throw new RuleFailure(rule, e);
            }
        }
        return changed;
    }

    /** They learn of the end of requests. */
    public List<EndRule> ends() {
        return ends;
    }
}
