package io.offramp.proxy.flow;

import io.offramp.proxy.upstream.RequestQueue;
import io.offramp.proxy.upstream.UpstreamEvents;
import io.offramp.proxy.upstream.failure.FailureReason;
import io.offramp.proxy.upstream.health.CheckResult;
import java.util.ArrayList;
import java.util.List;

/** What an upstream has told, in all its configurations. */
final class Counts {
    /** Requests that wait in the queue of the upstream no more, without a turn. */
    final List<RequestQueue.Refused> refused = new ArrayList<>();
    /** Results of checks. */
    final List<CheckResult> checks = new ArrayList<>();
    /** Why requests have failed. */
    final List<FailureReason> failures = new ArrayList<>();
    /** Leases of shared connections to servers that have not ended. */
    int leases;
    /** Connections to servers. */
    int connections;
    /** Requests that wait in the queue. */
    int queued;

    /** Configurations of the upstream so far. */
    int configurations;
    /** Number of the configuration whose connection has opened last. */
    int connectedLast;

    /** Counts for another configuration. */
    UpstreamEvents next() {
        return new Events(configurations++);
    }

    private final class Events implements UpstreamEvents {
        private final int configuration;

        Events(int configuration) {
            this.configuration = configuration;
        }

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
            connectedLast = change > 0 ? configuration : connectedLast;
        }

        @Override
        public void onStreams(int change) {
            leases += change;
        }

        @Override
        public void onFailed(FailureReason reason) {
            failures.add(reason);
        }

        @Override
        public void onChecked(CheckResult result) {
            checks.add(result);
        }
    }
}
