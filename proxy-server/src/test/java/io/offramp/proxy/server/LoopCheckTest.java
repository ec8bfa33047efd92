package io.offramp.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.netty.util.concurrent.DefaultEventExecutorGroup;
import io.netty.util.concurrent.EventExecutorGroup;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoopCheckTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final EventExecutorGroup loops = new DefaultEventExecutorGroup(3);
    private final LoopCheck check = new LoopCheck(loops);

    @AfterEach
    void stop() {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    @Test
    void shouldNameALoopThatDoesNotAnswerUntilItDoes() throws Exception {
        assertThat(check.silent(LONG)).isEmpty();

        CountDownLatch stuck = new CountDownLatch(1);
        loops.next();
        loops.next();
        loops.next().submit(() -> {
            stuck.await();
            return true;
        });

        String begin = "loop 3 in ";
        assertThat(check.silent(Duration.ofMillis(100))).last(STRING).startsWith(begin);
        assertThat(check.silent(Duration.ZERO))
                .last(STRING)
                .startsWith(begin)
                .contains("CountDownLatch.await", "shouldNameALoop");

        stuck.countDown();
        assertThat(check.silent(LONG)).isEmpty();
    }

    @Test
    void shouldNotNameLoopsThatEndWithTheProcess() {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();

        assertThat(check.silent(LONG)).isEmpty();
    }
}
