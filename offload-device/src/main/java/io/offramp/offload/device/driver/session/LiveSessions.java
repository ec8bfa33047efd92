package io.offramp.offload.device.driver.session;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;

/** All sessions that the device works for. Thread-safe. */
public final class LiveSessions {
    private final Set<LiveSession> sessions = ConcurrentHashMap.newKeySet();

    /** The device works for it from here on. */
    public void add(LiveSession session) {
        sessions.add(session);
    }

    /** The device no longer works for it. */
    public void remove(LiveSession session) {
        sessions.remove(session);
    }

    /** Calls each, on its event loop, when the device is down. */
    public void announceDown() {
        sessions.removeIf(session -> !announceDown(session));
    }

    /** False if the event loop is shut down, and the session with it. */
    private static boolean announceDown(LiveSession session) {
        try {
            session.eventLoop().execute(session::onDeviceDown);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }
}
