package io.offramp.proxy.connection;

import java.util.Iterator;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * All open client connections of the process, and what those were that have closed. Thread-safe; event loops do not
 * wait for each other here.
 */
public final class ConnectionRegistry implements Iterable<Connection> {
    private final ConcurrentHashMap<Long, Connection> byId = new ConcurrentHashMap<>();
    private final AtomicLong lastId = new AtomicLong();
    private final AtomicInteger count = new AtomicInteger();
    private final SessionLog sessions = new SessionLog(SessionLog.DEFAULT_SESSIONS);
    private final int limit;

    /** @param limit most connections that are open at once, at least 1 */
    public ConnectionRegistry(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit of connections must be at least 1, is " + limit);
        }
        this.limit = limit;
    }

    /** The number of the next connection, counted from 1; never given twice. */
    public long nextId() {
        return lastId.incrementAndGet();
    }

    /**
     * Takes a connection that was just accepted.
     *
     * @return false if the limit is reached: the connection is not registered, and the caller closes it
     */
    public boolean add(Connection connection) {
        if (count.incrementAndGet() > limit) {
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
     * Only remembers what a connection was that has closed; nothing happens if it was never taken, or was removed
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

    /** The last sessions that have closed. */
    public SessionLog sessions() {
        return sessions;
    }

    /** Most connections that are open at once. */
    public int limit() {
        return limit;
    }

    /** Weakly consistent: may or may not show what opens and closes meanwhile, and never blocks either. */
    @Override
    public Iterator<Connection> iterator() {
        return byId.values().iterator();
    }
}
