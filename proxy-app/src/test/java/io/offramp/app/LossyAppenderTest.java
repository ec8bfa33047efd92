package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class LossyAppenderTest {
    private static final int ROOM_BYTES = 4 << 20;
    private static final String THOUSAND = "x".repeat(1000);
    private static final int MORE_THAN_FIT = 2 * ROOM_BYTES / 1000;

    private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    private final Logger logger = context.getLogger("io.offramp.app.LossyAppenderTest.subject");
    private final Logger own = context.getLogger(LossyAppender.class);
    private final Blocked sink = new Blocked();
    private final LossyAppender appender = new LossyAppender();

    /** Writes nothing until it may: a pipe without a reader. */
    private static final class Blocked extends AppenderBase<ILoggingEvent> {
        final CountDownLatch mayWrite = new CountDownLatch(1);
        final List<String> written = Collections.synchronizedList(new ArrayList<>());
        final List<String> traces = Collections.synchronizedList(new ArrayList<>());

        @Override
        protected void append(ILoggingEvent event) {
            try {
                if (mayWrite.getCount() > 0) { // stopping interrupts the writer, which then writes on
                    mayWrite.await();
                }
                if (event.getThrowableProxy() != null) {
                    traces.add(event.getThrowableProxy().getMessage());
                }
                written.add(event.getFormattedMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @BeforeEach
    void start() {
        sink.setContext(context);
        sink.start();
        appender.setContext(context);
        appender.setName("TEST");
        appender.addAppender(sink);
        appender.start();
        for (Logger each : List.of(logger, own)) {
            each.setAdditive(false);
            each.addAppender(appender);
        }
    }

    @AfterEach
    void stop() {
        for (Logger each : List.of(logger, own)) {
            each.detachAppender(appender);
            each.setAdditive(true);
        }
        sink.mayWrite.countDown();
        appender.stop();
    }

    @Test
    void shouldNeverHoldUpWhoLogsAndTellWhatWasDropped() {
        long droppedBefore = LossyAppender.allDropped();
        for (int i = 0; i < MORE_THAN_FIT; i++) {
            logger.warn("{} line {}", THOUSAND, i);
        }
        assertThat(sink.written).isEmpty();
        long dropped = LossyAppender.allDropped() - droppedBefore;
        assertThat(LossyAppender.allWaitingBytes()).as("bytes are the bound").isBetween(ROOM_BYTES - 2000L, (long)
                ROOM_BYTES);
        assertThat(MORE_THAN_FIT - dropped).as("kept").isBetween(3000L, ROOM_BYTES / 1000L);

        sink.mayWrite.countDown();
        await().until(() -> LossyAppender.allWaitingBytes() == 0);
        logger.warn("later");

        await().until(() -> sink.written.getLast().contains("dropped"));
        assertThat(sink.written.getFirst()).isEqualTo(THOUSAND + " line 0");
        assertThat(sink.written).contains("later").hasSize((int) (MORE_THAN_FIT - dropped) + 2);
        assertThat(sink.written.getLast()).isEqualTo(dropped + " lines were dropped by TEST: nobody took them in time");
    }

    @Test
    void shouldCutALongMessageAndSayHowMuchIsMissing() {
        sink.mayWrite.countDown();

        logger.warn("y".repeat(5000), new IllegalStateException("with its trace"));

        await().until(() -> !sink.written.isEmpty());
        assertThat(sink.written).containsExactly("y".repeat(4096) + "...+904");
        assertThat(sink.traces).containsExactly("with its trace");
        await().until(() -> LossyAppender.allWaitingBytes() == 0);
    }

    @Test
    void shouldCountWhatATraceTakes() {
        for (int i = 0; i < MORE_THAN_FIT; i++) {
            logger.warn("line", new IllegalStateException("with its trace"));
        }

        assertThat(LossyAppender.allWaitingBytes()).isLessThanOrEqualTo(ROOM_BYTES);
        sink.mayWrite.countDown();
        await().until(() -> LossyAppender.allWaitingBytes() == 0);
        assertThat(sink.written).hasSizeLessThan(MORE_THAN_FIT);
    }

    @Test
    void shouldWriteWhatWasLoggedBeforeItEnds() {
        sink.mayWrite.countDown();
        for (int i = 0; i < 1000; i++) {
            logger.warn("line {}", i);
        }

        LossyAppender.stopAll();

        assertThat(sink.written).hasSize(1000);
    }
}
