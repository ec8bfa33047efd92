package io.offramp.proxy.access;

import io.offramp.proxy.exchange.AccessEntry;
import io.offramp.proxy.exchange.ExchangeListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes each exchange as one line to the SLF4J logger {@value #LOGGER}, level INFO, in the form of {@link AccessLine}.
 * Builds nothing while that logger is off. Called on event loops, so the logger's appender must not block: use an
 * asynchronous one that drops lines instead of waiting.
 */
public final class Slf4jAccessLog implements ExchangeListener {
    /** The logger's name. */
    public static final String LOGGER = "offramp.access";

    private final Logger logger = LoggerFactory.getLogger(LOGGER);

    @Override
    public void onFinished(AccessEntry exchange) {
        if (logger.isInfoEnabled()) {
            logger.info(AccessLine.of(exchange));
        }
    }
}
