package io.offramp.offload.device.driver.tx;

import io.offramp.offload.device.driver.pool.DekPool;
import io.offramp.offload.key.TrafficKeys;

/**
 * The keys of one generation, and how much is under way with them: they are needed until the last message is made, and
 * so is their DEK.
 */
final class TxEpoch {
    private final TrafficKeys keys;
    private final DekPool deks;
    private int retiredDek = DekPool.NONE;
    private boolean isRetired;
    private int messages;

    /** @param keys the epoch's to destroy */
    TxEpoch(TrafficKeys keys, DekPool deks) {
        this.keys = keys;
        this.deks = deks;
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

    /** No message begins any more; the DEK, if any, is freed with the keys. */
    void retire(int dek) {
        isRetired = true;
        retiredDek = dek;
        endIfUnused();
    }

    private void endIfUnused() {
        if (isRetired && messages == 0) {
            keys.destroy();
            if (retiredDek != DekPool.NONE) {
                deks.free(retiredDek);
                retiredDek = DekPool.NONE;
            }
        }
    }
}
