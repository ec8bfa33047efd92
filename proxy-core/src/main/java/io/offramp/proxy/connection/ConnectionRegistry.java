package io.offramp.proxy.connection;

import java.util.Iterator;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;

/**
 * All open client connections of the process, and statistics of the closed ones. Thread-safe; event loops do not wait
 * for each other here.
 */
public final class ConnectionRegistry implements Iterable<Connection> {
    private final ConcurrentHashMap<Long, Connection> byId = new ConcurrentHashMap<>();
    private final AtomicLong lastId = new AtomicLong();
    private final AtomicInteger count = new AtomicInteger();
    private final SessionLog sessions = new SessionLog(SessionLog.DEFAULT_SESSIONS);
    private final IntSupplier limit;

    /** @param limit most open connections, at least 1; asked once for each */
    public ConnectionRegistry(IntSupplier limit) {
        this.limit = limit;
    }

    /** The number of the next connection, counted from 1; never given twice. */
    public long nextId() {
        return lastId.incrementAndGet();
    }

    /**
     * Registers a newly accepted connection.
     *
     * @return false if the limit is reached: the connection is not registered, and the caller closes it
     */
    public boolean add(Connection connection) {
        if (count.incrementAndGet() > limit()) {
            count.decrementAndGet();
            return false;
        }
        if (byId.putIfAbsent(connection.id(), connection) != null) {
            count.decrementAndGet();
            throw new IllegalArgumentException("connection " + connection.id() + " is registered already");
        }
        return true;
    }

    /**
     * Removes a closed connection and keeps its statistics; does nothing if it was never registered, or was removed
     * before.
     */
    public void remove(Connection connection) {
        if (byId.remove(connection.id(), connection)) {
            count.decrementAndGet();
            sessions.add(connection);
        }
    }

    /** Open connections now. */
    public int count() {
        return count.get();
    }

    /** The last closed sessions. */
    public SessionLog sessions() {
        return sessions;
    }

    /** Most open connections. */
    public int limit() {
        return limit.getAsInt();
    }

    /** Weakly consistent: may or may not show connections that open or close meanwhile; never blocks. */
    @Override
    public Iterator<Connection> iterator() {
        return byId.values().iterator();
    }
}
