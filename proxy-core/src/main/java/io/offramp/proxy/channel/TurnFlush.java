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
    private List<Writer> written = new ArrayList<>();
    private List<Writer> spare = new ArrayList<>();

    /** Writes to one channel, and may have unflushed writes at the end of a turn. */
    @FunctionalInterface
    public interface Writer {
        /** The turn ends: flushes what is not flushed. */
        void onTurnEnd();
    }

    /** @param executor of the event loop */
    public TurnFlush(EventExecutor executor) {
        this.executor = executor;
    }

    /** The writer has written; once in a turn. */
    public void add(Writer writer) {
        if (written.isEmpty()) {
            executor.execute(this);
        }
        written.add(writer);
    }

    /** A flush may lead to further writes, which get a turn of their own. */
    @Override
    public void run() {
        List<Writer> due = written;
        written = spare;
        for (Writer writer : due) {
            writer.onTurnEnd();
        }
        due.clear();
        spare = due;
    }
}
