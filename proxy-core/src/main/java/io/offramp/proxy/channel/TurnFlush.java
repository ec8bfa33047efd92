package io.offramp.proxy.channel;

import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;

/**
 * Flushes the unflushed writes of a turn at the end of that turn of the event loop. Writers may flush earlier, and do
 * so at the end of a read burst; they need not. One task per turn, for any number of channels. Confined to the event
 * loop.
 */
public final class TurnFlush implements Runnable {
    private final EventExecutor executor;
    private List<WriteBurst> written = new ArrayList<>();
    private List<WriteBurst> spare = new ArrayList<>();

    /** @param executor of the event loop */
    public TurnFlush(EventExecutor executor) {
        this.executor = executor;
    }

    void add(WriteBurst burst) {
        if (written.isEmpty()) {
            executor.execute(this);
        }
        written.add(burst);
    }

    /** A flush may lead to further writes, which get a turn of their own. */
    @Override
    public void run() {
        List<WriteBurst> due = written;
        written = spare;
        for (WriteBurst burst : due) {
            burst.onTurnEnd();
        }
        due.clear();
        spare = due;
    }
}
