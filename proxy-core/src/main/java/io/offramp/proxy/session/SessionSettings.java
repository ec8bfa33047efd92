package io.offramp.proxy.session;

import io.offramp.offload.key.AeadSuite;

/**
 * What all sessions of a listener share.
 *
 * @param plan               which backend takes which direction
 * @param events             the metrics
 * @param recordBytes        most content per record that we send, 1 to 16,384
 * @param keyUpdateRecords   how many records we send under one key before we replace it
 * @param keyUpdatesPerSecond how many KeyUpdates a client may send in a second
 */
public record SessionSettings(
        OffloadPlan plan, SessionEvents events, int recordBytes, long keyUpdateRecords, int keyUpdatesPerSecond) {
    /** RFC 8446 §5.5 allows 2^24.5 full-size records under AES-GCM; 2^24 leaves room for what is in flight. */
    public static final long DEFAULT_KEY_UPDATE_RECORDS = 1L << 24;

    /** Far above any honest client, and what other proxies settled on. */
    public static final int DEFAULT_KEY_UPDATES_PER_SECOND = 100;

    /** Left for the KeyUpdate or the alert that ends a key. */
    private static final long RESERVED_RECORDS = 16;

    /** With full-size records and the default limits. */
    public static SessionSettings of(OffloadPlan plan, SessionEvents events) {
        return new SessionSettings(
                plan, events, 1 << 14, DEFAULT_KEY_UPDATE_RECORDS, DEFAULT_KEY_UPDATES_PER_SECOND);
    }

    /** Records after which a session with this suite replaces its TX key, or ends where it cannot. */
    long keyUpdateRecords(AeadSuite suite) {
        return Math.min(keyUpdateRecords, suite.recordLimit() - RESERVED_RECORDS);
    }
}
