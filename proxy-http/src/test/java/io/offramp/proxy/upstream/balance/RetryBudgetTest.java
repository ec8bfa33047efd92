package io.offramp.proxy.upstream.balance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RetryBudgetTest {
    private static final long START_NS = -7;

    private final RetryBudget budget = new RetryBudget(20);

    private int taken(long requests, long nowNs) {
        int taken = 0;
        while (taken < 100_000 && budget.take(requests, nowNs)) {
            taken++;
        }
        return taken;
    }

    @Test
    void shouldAllowAShareOfTheRequestsAndAFewAnyway() {
        assertThat(taken(1000, START_NS)).as("those before count for nothing").isEqualTo(RetryBudget.ALWAYS);
        assertThat(taken(2000, START_NS + 1)).as("of a thousand more").isEqualTo(200);
    }

    @Test
    void shouldForgetWhatIsLongAgo() {
        taken(1000, START_NS);

        assertThat(taken(1500, START_NS + RetryBudget.WINDOW_NS)).isEqualTo(RetryBudget.ALWAYS + 100);
        assertThat(taken(9999, START_NS + 9 * RetryBudget.WINDOW_NS)).isEqualTo(RetryBudget.ALWAYS);
    }

    @Test
    void shouldGoOnInAnotherConfiguration() {
        taken(1000, START_NS);

        RetryBudget next = new RetryBudget(50, budget);

        assertThat(next.take(1000, START_NS + 1)).isFalse();
        assertThat(next.take(1002, START_NS + 1)).isTrue();
        assertThat(next.take(1002, START_NS + 1)).isFalse();
    }

    @Test
    void shouldCountNoFewerThanNoRequestsWhereAServerIsTakenOut() {
        taken(1000, START_NS);

        assertThat(taken(10, START_NS + RetryBudget.WINDOW_NS)).isEqualTo(RetryBudget.ALWAYS);
        assertThat(taken(5, START_NS + 2 * RetryBudget.WINDOW_NS)).isEqualTo(RetryBudget.ALWAYS);
    }

    @Test
    void shouldAllowNothingWhereTheShareIsZero() {
        assertThat(new RetryBudget(0).take(1000, START_NS)).isFalse();
    }
}
