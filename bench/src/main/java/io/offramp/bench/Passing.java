package io.offramp.bench;

import io.offramp.proxy.message.OwnAnswer;
import io.offramp.proxy.message.Refusal;
import io.offramp.proxy.rule.RuleOutcome;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Takes requests that pass or are answered; one that is refused is a fault of the bench. */
final class Passing implements RuleOutcome {
    private final CountDownLatch first = new CountDownLatch(1);
    private int passed;
    private @Nullable OwnAnswer answer;

    /** Waits for the first that passes. */
    void awaitFirst() throws InterruptedException {
        first.await();
    }

    /** Those that have passed. */
    int passed() {
        return passed;
    }

    /** The last answer. */
    @Nullable
    OwnAnswer answer() {
        return answer;
    }

    @Override
    public void pass() {
        passed++;
        first.countDown();
    }

    @Override
    public void answer(OwnAnswer own, @Nullable String why) {
        answer = own;
    }

    @Override
    public void refuse(Refusal refusal, @Nullable String why) {
        throw new IllegalStateException(why);
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void onCancel(Runnable cancel) {}
}
