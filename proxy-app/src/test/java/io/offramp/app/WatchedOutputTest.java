package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class WatchedOutputTest {
    private static final byte[] LINE = "a line\n".getBytes(StandardCharsets.US_ASCII);

    private final Logger logger = (Logger) LoggerFactory.getLogger(WatchedOutput.class);
    private final ListAppender<ILoggingEvent> told = new ListAppender<>();
    private final AtomicLong nowNs = new AtomicLong(Long.MAX_VALUE - 5);
    private final long failuresBefore = WatchedOutput.failures();

    @BeforeEach
    void listen() {
        told.start();
        logger.setAdditive(false);
        logger.addAppender(told);
    }

    @AfterEach
    void restore() {
        logger.detachAppender(told);
        logger.setAdditive(true);
    }

    @Test
    void shouldTellOnceAMinuteThatADiskIsFullAndCountEachWrite() throws IOException {
        try (OutputStream full = new FileOutputStream("/dev/full");
                WatchedOutput output = new WatchedOutput("standard output", full, true, nowNs::get)) {
            for (int i = 0; i < 100; i++) {
                output.write(LINE);
            }
            assertThat(WatchedOutput.failures() - failuresBefore).isEqualTo(100);
            assertThat(told.list).hasSize(1);
            assertThat(told.list.getFirst().getFormattedMessage())
                    .isEqualTo("standard output takes no more lines, which are lost: No space left on device");

            nowNs.addAndGet(TimeUnit.MINUTES.toNanos(1));
            output.write('x');
            assertThat(told.list).hasSize(2);
        }
    }

    @Test
    void shouldRememberAFailureOfACommand() throws IOException {
        try (OutputStream full = new FileOutputStream("/dev/full");
                PrintStream output = new PrintStream(new WatchedOutput("standard output", full, false, nowNs::get))) {
            assertThat(output.checkError()).isFalse();
            output.write(LINE);
            assertThat(output.checkError()).isTrue();
        }
        assertThat(told.list).hasSize(1);
    }

    @Test
    void shouldPassEverythingOnWhileThereIsRoom() throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try (WatchedOutput output = new WatchedOutput("standard output", file, true, nowNs::get)) {
            output.write(LINE);
            output.write('x');
        }
        assertThat(file.toString(StandardCharsets.US_ASCII)).isEqualTo("a line\nx");
        assertThat(told.list).isEmpty();
    }
}
