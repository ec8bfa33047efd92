package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LogFileFailuresTest {
    private final LoggerContext context = new LoggerContext();
    private final Logger logger = (Logger) LoggerFactory.getLogger(LogFileFailures.class);
    private final ListAppender<ILoggingEvent> told = new ListAppender<>();

    @BeforeEach
    void listen() {
        context.setMDCAdapter(new LogbackMDCAdapter());
        told.start();
        logger.setAdditive(false);
        logger.addAppender(told);
    }

    @AfterEach
    void restore() {
        logger.detachAppender(told);
        logger.setAdditive(true);
        context.stop();
    }

    @Test
    void shouldTellInOneLineThatTheDiskOfALogFileIsFull() {
        long before = LogFileFailures.count();
        context.getStatusManager().add(new LogFileFailures());
        Logger full = context.getLogger("full");
        full.addAppender(onFullDisk());

        for (int i = 0; i < 1000; i++) {
            full.error("line {}", i);
        }

        assertThat(LogFileFailures.count()).isGreaterThan(before);
        assertThat(told.list).hasSize(1);
        assertThat(told.list.getFirst().getFormattedMessage())
                .startsWith("a log cannot be written, and its lines are lost: ")
                .contains("/dev/full")
                .endsWith("No space left on device");
    }

    private FileAppender<ILoggingEvent> onFullDisk() {
        PatternLayout layout = new PatternLayout();
        layout.setContext(context);
        layout.setPattern("%msg%n");
        layout.start();
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(context);
        encoder.setLayout(layout);
        encoder.start();
        FileAppender<ILoggingEvent> appender = new FileAppender<>();
        appender.setContext(context);
        appender.setFile("/dev/full");
        appender.setEncoder(encoder);
        appender.start();
        return appender;
    }
}
