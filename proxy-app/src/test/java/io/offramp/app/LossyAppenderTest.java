package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class LossyAppenderTest {
    private static final int LINES = 8192;

    private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    private final Logger logger = context.getLogger("io.offramp.app.LossyAppenderTest.subject");
    private final Logger own = context.getLogger(LossyAppender.class);
    private final Blocked sink = new Blocked();
    private final LossyAppender appender = new LossyAppender();

    /** Writes nothing before it may: a pipe that nobody reads. */
    private static final class Blocked extends AppenderBase<ILoggingEvent> {
        final CountDownLatch mayWrite = new CountDownLatch(1);
        final List<String> written = new CopyOnWriteArrayList<>();

        @Override
        protected void append(ILoggingEvent event) {
            try {
                if (mayWrite.getCount() > 0) { // an end interrupts the writer, which writes on
                    mayWrite.await();
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
        for (int i = 0; i < 2 * LINES; i++) {
            logger.warn("line {}", i);
        }
        assertThat(sink.written).isEmpty();

        sink.mayWrite.countDown();
        await().until(() -> sink.written.size() >= LINES);
        logger.warn("later");

        await().until(() -> sink.written.getLast().contains("dropped"));
        assertThat(sink.written.getFirst()).isEqualTo("line 0");
        long kept = sink.written.stream().filter(line -> line.startsWith("line ")).count();
        assertThat(sink.written).contains("later");
        assertThat(sink.written.getLast()).isEqualTo((2 * LINES - kept) + " lines were dropped by TEST: nobody took them in time");
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
