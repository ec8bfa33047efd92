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

    /** The device does not work for it any more. */
    public void remove(LiveSession session) {
        sessions.remove(session);
    }

    /** Tells each, on its event loop, that the device is down. */
    public void announceDown() {
        for (LiveSession session : sessions) {
            try {
                session.eventLoop().execute(session::onDeviceDown);
            } catch (RejectedExecutionException e) {
                // The event loop is shut down, and the session with it.
                sessions.remove(session);
            }
        }
    }
}
