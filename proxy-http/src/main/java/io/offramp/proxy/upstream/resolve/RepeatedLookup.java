package io.offramp.proxy.upstream.resolve;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks one question of DNS whenever the TTL of its answer is over, and sooner after a failure. Confined to the event
 * loop, except for {@link #start}, {@link #soon} and {@link #close}.
 */
final class RepeatedLookup<A extends Names.Answer> {
    /** A TTL of 0 must not become a flood. */
    static final Duration LEAST = Duration.ofSeconds(1);

    static final Duration MOST = Duration.ofHours(1);
    static final Duration MOST_AFTER_FAILURE = Duration.ofSeconds(30);

    private final EventLoop loop;
    private final Question<A> question;
    private @Nullable Future<?> timer;
    private long dueNs;
    private State state = State.IDLE;
    private int failures;

    /** Gets the answers, on the event loop. */
    interface Question<A extends Names.Answer> {
        Future<A> ask();

        void onAnswer(A answer);

        /**
         * There is none.
         *
         * @param first false if there was none before either
         */
        void onFailure(@Nullable Throwable cause, boolean first);
    }

    private enum State {
        IDLE,
        ASKING,
        CLOSED
    }

    RepeatedLookup(EventLoop loop, Question<A> question) {
        this.loop = loop;
        this.question = question;
    }

    void start() {
        loop.execute(this::ask);
    }

    void close() {
        loop.execute(() -> {
            state = State.CLOSED;
            stopTimer();
        });
    }

    /** There may be another answer: asks within a second, however often this is called. */
    void soon() {
        loop.execute(() -> {
            if (state == State.IDLE && timer != null && dueNs - nowNs() > LEAST.toNanos()) {
                again(LEAST);
            }
        });
    }

    private void ask() {
        timer = null;
        if (state != State.IDLE) {
            return;
        }
        state = State.ASKING;
        Future<A> answer = question.ask();
        answer.addListener(done -> onDone(done.isSuccess() ? answer.getNow() : null, done.cause()));
    }

    private void onDone(@Nullable A answer, @Nullable Throwable cause) {
        if (state == State.CLOSED) {
            return;
        }
        state = State.IDLE;
        if (answer == null) {
            failures++;
            question.onFailure(cause, failures == 1);
            long seconds = Math.min(MOST_AFTER_FAILURE.toSeconds(), 1L << Math.min(failures - 1, 30));
            again(Duration.ofSeconds(seconds));
            return;
        }
        failures = 0;
        question.onAnswer(answer);
        again(between(answer.ttl()));
    }

    private static Duration between(Duration ttl) {
        return ttl.compareTo(LEAST) < 0 ? LEAST : ttl.compareTo(MOST) > 0 ? MOST : ttl;
    }

    private void again(Duration pause) {
        stopTimer();
        dueNs = nowNs() + pause.toNanos();
        timer = loop.schedule(this::ask, pause.toNanos(), TimeUnit.NANOSECONDS);
    }

    private long nowNs() {
        return loop.ticker().nanoTime();
    }

    private void stopTimer() {
        Future<?> last = timer;
        timer = null;
        if (last != null) {
            last.cancel(false);
        }
    }
}
