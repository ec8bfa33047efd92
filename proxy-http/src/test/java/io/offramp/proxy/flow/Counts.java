package io.offramp.proxy.flow;

import io.offramp.proxy.upstream.RequestQueue;
import io.offramp.proxy.upstream.UpstreamEvents;
import java.util.ArrayList;
import java.util.List;

/** What an upstream has told. */
final class Counts implements UpstreamEvents {
    final List<RequestQueue.Refused> refused = new ArrayList<>();
    int leases;
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
    public void onStreams(int change) {
        leases += change;
    }
}
