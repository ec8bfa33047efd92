package io.offramp.proxy.session;

import io.offramp.offload.key.AeadSuite;
import io.offramp.proxy.tls.Role;

/**
 * What all sessions of a listener, or with the servers of an upstream, share.
 *
 * @param role which end is ours
 * @param plan which backend takes which direction
 * @param events the metrics
 * @param recordSize size of the records that we send
 * @param keyUpdateRecords how many records go over one key before it is replaced: ours by us, the peer's at our request
 * @param keyUpdatesPerSecond how many KeyUpdates a peer may send in a second
 */
public record SessionSettings(
        Role role,
        OffloadPlan plan,
        SessionEvents events,
        RecordSizeConfig recordSize,
        long keyUpdateRecords,
        int keyUpdatesPerSecond) {
    /** RFC 8446 §5.5 allows 2^24.5 full-size records under AES-GCM; 2^24 leaves room for what is in flight. */
    public static final long DEFAULT_KEY_UPDATE_RECORDS = 1L << 24;

    /** Far above any honest client, and the limit of other proxies. */
    public static final int DEFAULT_KEY_UPDATES_PER_SECOND = 100;

    /** Reserved for the KeyUpdate or the alert that ends a key. */
    private static final long RESERVED_RECORDS = 16;

    /** More of the smallest records, of 22 bytes, than fit between two checks: 16 reads of 64 KiB have 47,662. */
    private static final long BURST_RECORDS = 1 << 16;

    /** With clients. */
    public SessionSettings(
            OffloadPlan plan,
            SessionEvents events,
            RecordSizeConfig recordSize,
            long keyUpdateRecords,
            int keyUpdatesPerSecond) {
        this(Role.SERVER, plan, events, recordSize, keyUpdateRecords, keyUpdatesPerSecond);
    }

    /** With clients, and with the default limits. */
    public static SessionSettings of(OffloadPlan plan, SessionEvents events, RecordSizeConfig recordSize) {
        return of(Role.SERVER, plan, events, recordSize);
    }

    /** With the default limits. */
    public static SessionSettings of(Role role, OffloadPlan plan, SessionEvents events, RecordSizeConfig recordSize) {
        return new SessionSettings(
                role, plan, events, recordSize, DEFAULT_KEY_UPDATE_RECORDS, DEFAULT_KEY_UPDATES_PER_SECOND);
    }

    /** A word for the other end. */
    String peer() {
        return role.peer("client", "server");
    }

    /** Records after which a session with this suite replaces its TX key, or ends if it cannot. */
    long keyUpdateRecords(AeadSuite suite) {
        return Math.min(keyUpdateRecords, suite.recordLimit() - RESERVED_RECORDS);
    }

    /**
     * Records after which a client that has not replaced its key is refused; checked at the end of each burst of reads.
     */
    static long rxRecords(AeadSuite suite) {
        return suite.recordLimit() - BURST_RECORDS;
    }
}
