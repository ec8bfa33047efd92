package io.offramp.proxy.flow;

import io.offramp.proxy.upstream.RequestQueue;
import io.offramp.proxy.upstream.UpstreamEvents;
import java.util.ArrayList;
import java.util.List;

/** What an upstream has told. */
final class Counts implements UpstreamEvents {
    /** Requests that wait in the queue of the upstream no more, without a turn. */
    final List<RequestQueue.Refused> refused = new ArrayList<>();
    /** Leases of shared connections to servers that have not ended. */
    int leases;
    /** Connections to servers. */
    int connections;
    /** Requests that wait in the queue. */
    int queued;

    @Override
    public void onQueued(int change) {
        queued += change;
    }

    @Override
    public void onQueueRefused(RequestQueue.Refused why) {
        refused.add(why);
    }

    @Override
    public void onConnections(int change) {
        connections += change;
    }

    @Override
    public void onStreams(int change) {
        leases += change;
    }
}
