package io.offramp.offload.device.driver.tx;

import io.offramp.offload.key.TrafficKeys;

/** The keys of one generation, and how much is under way with them: they are needed until the last message is made. */
final class TxEpoch {
    private final TrafficKeys keys;
    private boolean isRetired;
    private int messages;

    /** @param keys the epoch's to destroy */
    TxEpoch(TrafficKeys keys) {
        this.keys = keys;
    }

    TrafficKeys keys() {
        return keys;
    }

    /** A message begins. */
    void onMessage() {
        messages++;
    }

    /** A message has ended. */
    void onMessageEnd() {
        messages--;
        endIfUnused();
    }

    /** No further message begins. */
    void retire() {
        isRetired = true;
        endIfUnused();
    }

    private void endIfUnused() {
        if (isRetired && messages == 0) {
            keys.destroy();
        }
    }
}
