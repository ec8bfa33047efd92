package io.offramp.proxy.flow;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One thing that happens outside of the proxy, in any state, or that its operator does: a peer that is not there, or
 * has nothing to do, does nothing. So any part of a sequence is a sequence.
 *
 * @param who which client or server, modulo those that are there
 * @param n how much, or which sort
 */
record Step(Kind kind, int who, int n) {
    enum Kind {
        CONNECT(6),
        REQUEST(22),
        FLOOD(2),
        CLIENT_SENDS(20),
        CLIENT_ENDS(2),
        CLIENT_RESETS(2),
        CLIENT_LEAVES(1),
        CLIENT_STALLS(5),
        CLIENT_RESUMES(6),
        ACCEPT(12),
        REFUSE(1),
        ANSWER(18),
        ANSWER_EARLY(4),
        ANSWER_TWICE(4),
        INTERIM(4),
        INTERIM_FLOOD(2),
        SERVER_SENDS(22),
        SERVER_STRAYS(1),
        SERVER_ENDS(2),
        SERVER_RESETS(2),
        SERVER_STALLS(5),
        SERVER_RESUMES(6),
        TURN(8),
        TIME(4),
        RELOAD(3),
        MOVE(2),
        REPLACE_TRUST(1),
        DRAIN(2);

        final int weight;

        Kind(int weight) {
            this.weight = weight;
        }
    }

    private static final int ALL = total();

    private static int total() {
        int sum = 0;
        for (Kind kind : Kind.values()) {
            sum += kind.weight;
        }
        return sum;
    }

    /** A sequence of {@code least} to three times as many steps; the same for the same random. */
    static List<Step> sequence(SplittableRandom random, int least) {
        int count = least + random.nextInt(2 * least);
        List<Step> steps = new ArrayList<>(count + 3);
        steps.add(new Step(Kind.CONNECT, 0, 0));
        steps.add(new Step(Kind.REQUEST, 0, random.nextInt(1 << 20)));
        for (int i = 0; i < count; i++) {
            steps.add(new Step(kind(random), random.nextInt(8), random.nextInt(1 << 20)));
        }
        return steps;
    }

    private static Kind kind(SplittableRandom random) {
        int at = random.nextInt(ALL);
        for (Kind kind : Kind.values()) {
            at -= kind.weight;
            if (at < 0) {
                return kind;
            }
        }
        throw new IllegalStateException();
    }

    @Override
    public String toString() {
        return "new Step(Step.Kind." + kind + ", " + who + ", " + n + ")";
    }
}
