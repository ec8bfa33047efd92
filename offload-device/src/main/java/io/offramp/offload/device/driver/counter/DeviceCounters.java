package io.offramp.offload.device.driver.counter;

import static io.offramp.offload.counter.OffloadCounter.Kind.COUNTER;
import static io.offramp.offload.counter.OffloadCounter.Kind.GAUGE;

import io.offramp.offload.counter.OffloadCounter;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counters of the driver over all event loops: ethtool's names of mlx5, and those of {@code /proc/net/tls_stat} in
 * snake case. Touched once per packet or message, never per record.
 */
public final class DeviceCounters {
    /** Send contexts added. */
    public final LongAdder txContexts = new LongAdder();
    /** Send contexts removed. */
    public final LongAdder txDeleted = new LongAdder();
    /** TIS objects made. */
    public final LongAdder txPoolAllocated = new LongAdder();
    /** TIS objects destroyed. */
    public final LongAdder txPoolFreed = new LongAdder();
    /** Packets encrypted by the device. */
    public final LongAdder txEncryptedPackets = new LongAdder();
    /** Their payload. */
    public final LongAdder txEncryptedBytes = new LongAdder();
    /** Sends at another sequence than the context's. */
    public final LongAdder txOutOfOrder = new LongAdder();
    /** DUMPs done. */
    public final LongAdder txDumpPackets = new LongAdder();
    /** Their bytes. */
    public final LongAdder txDumpBytes = new LongAdder();
    /** Bytes between the start of a record and a packet that a context was brought to. */
    public final LongAdder txResyncBytes = new LongAdder();
    /** Packets from before the offload, which left as they were. */
    public final LongAdder txSkipNoSyncData = new LongAdder();
    /** Packets dropped because no record was known for them. */
    public final LongAdder txDropNoSyncData = new LongAdder();
    /** Packets dropped because they lie on both sides of the offload's start. */
    public final LongAdder txDropBypass = new LongAdder();
    /** Packets encrypted on the host because they left through another device, or because the device was down. */
    public final LongAdder txSoftwarePackets = new LongAdder();
    /** Messages made on the host because the queue was full. */
    public final LongAdder txQueueStopped = new LongAdder();
    /** WQEs that failed. */
    public final LongAdder txErrors = new LongAdder();
    /** TX sessions that went to software for good. */
    public final LongAdder txDegraded = new LongAdder();
    /** TX sessions now. */
    public final LongAdder txCurrent = new LongAdder();
    /** TX sessions installed. */
    public final LongAdder txInstalled = new LongAdder();
    /** TX rekeys. */
    public final LongAdder txRekeyed = new LongAdder();
    /** Receive contexts added. */
    public final LongAdder rxContexts = new LongAdder();
    /** Receive contexts removed. */
    public final LongAdder rxDeleted = new LongAdder();
    /** Packets decrypted by the device. */
    public final LongAdder rxDecryptedPackets = new LongAdder();
    /** Their payload. */
    public final LongAdder rxDecryptedBytes = new LongAdder();
    /** Packets with which the device asked for a resync. */
    public final LongAdder rxResyncPackets = new LongAdder();
    /** Resync requests begun: the position that the device believes in is asked for. */
    public final LongAdder rxResyncStarted = new LongAdder();
    /** Resync requests for which the device has said its position. */
    public final LongAdder rxResyncEnded = new LongAdder();
    /** Resync requests given up. */
    public final LongAdder rxResyncSkipped = new LongAdder();
    /** Answers posted to the device. */
    public final LongAdder rxResyncAnswered = new LongAdder();
    /** Positions that the host has told the device, or wanted to. */
    public final LongAdder rxDeviceResync = new LongAdder();
    /** Answers for which the queue had no room, posted later. */
    public final LongAdder rxResyncRetried = new LongAdder();
    /** Answers not given: the position is none that can be told. */
    public final LongAdder rxResyncUnanswered = new LongAdder();
    /** Records of which the device had decrypted a part. */
    public final LongAdder rxMixedRecords = new LongAdder();
    /** Records that the host decrypted. */
    public final LongAdder rxSoftwareRecords = new LongAdder();
    /** Times that a flow was led to another receive queue. */
    public final LongAdder rxMoved = new LongAdder();
    /** Packets with a wrong checksum. */
    public final LongAdder rxChecksumErrors = new LongAdder();
    /** Packets with a record that did not authenticate on the device. */
    public final LongAdder rxErrors = new LongAdder();
    /** RX sessions that went to software for good. */
    public final LongAdder rxDegraded = new LongAdder();
    /** RX sessions now. */
    public final LongAdder rxCurrent = new LongAdder();
    /** RX sessions installed. */
    public final LongAdder rxInstalled = new LongAdder();
    /** RX rekeys. */
    public final LongAdder rxRekeyed = new LongAdder();
    /** Records that did not authenticate in software either. */
    public final LongAdder decryptErrors = new LongAdder();

    /** All of them, to publish. */
    public List<OffloadCounter> published() {
        return List.of(
                counter("tx_tls_ctx", "TX contexts added to the device", txContexts),
                counter("tx_tls_del", "TX contexts removed from the device", txDeleted),
                counter("tx_tls_pool_alloc", "TIS objects created", txPoolAllocated),
                counter("tx_tls_pool_free", "TIS objects destroyed", txPoolFreed),
                counter("tx_tls_encrypted_packets", "Packets encrypted by the device", txEncryptedPackets),
                counter("tx_tls_encrypted_bytes", "Payload bytes of packets encrypted by the device", txEncryptedBytes),
                counter("tx_tls_ooo", "Sends at another TCP sequence than the device's context", txOutOfOrder),
                counter("tx_tls_dump_packets", "DUMP WQEs done", txDumpPackets),
                counter("tx_tls_dump_bytes", "Bytes of DUMP WQEs done", txDumpBytes),
                counter(
                        "tx_tls_resync_bytes",
                        "Bytes between a record's start and a packet sent out of order",
                        txResyncBytes),
                counter(
                        "tx_tls_skip_no_sync_data",
                        "Packets from before the offload sent as they were",
                        txSkipNoSyncData),
                counter("tx_tls_drop_no_sync_data", "Packets dropped for want of their record", txDropNoSyncData),
                counter("tx_tls_drop_bypass_req", "Packets dropped on the border of the offload", txDropBypass),
                counter(
                        "tx_tls_sw_packets",
                        "Packets encrypted on the host in the place of the device",
                        txSoftwarePackets),
                counter(
                        "tx_queue_stopped",
                        "Messages encrypted on the host because the send queue was full",
                        txQueueStopped),
                counter("tx_cqe_err", "Send work that the device failed", txErrors),
                counter("tx_tls_degraded", "TX sessions that went from the device to software", txDegraded),
                counter("rx_tls_ctx", "RX contexts added to the device", rxContexts),
                counter("rx_tls_del", "RX contexts removed from the device", rxDeleted),
                counter("rx_tls_decrypted_packets", "Packets decrypted by the device", rxDecryptedPackets),
                counter("rx_tls_decrypted_bytes", "Payload bytes of packets decrypted by the device", rxDecryptedBytes),
                counter("rx_tls_resync_req_pkt", "Packets with which the device asked for a resync", rxResyncPackets),
                counter("rx_tls_resync_req_start", "Resync requests begun", rxResyncStarted),
                counter("rx_tls_resync_req_end", "Resync requests with a position from the device", rxResyncEnded),
                counter("rx_tls_resync_req_skip", "Resync requests given up", rxResyncSkipped),
                counter("rx_tls_resync_res_ok", "Resync answers posted to the device", rxResyncAnswered),
                counter("rx_tls_resync_res_retry", "Resync answers that had to wait for the queue", rxResyncRetried),
                counter("rx_tls_resync_res_skip", "Resync answers not given", rxResyncUnanswered),
                counter("rx_tls_mixed_records", "Records partly decrypted by the device", rxMixedRecords),
                counter(
                        "rx_tls_sw_records",
                        "Records decrypted on the host in the place of the device",
                        rxSoftwareRecords),
                counter("rx_tls_moved", "Flows led to another receive queue while on the device", rxMoved),
                counter("rx_csum_err", "Packets with a wrong TCP checksum", rxChecksumErrors),
                counter("tls_rx_device_resync", "RX resyncs sent to the device", rxDeviceResync),
                counter("rx_tls_err", "Packets with a record that did not authenticate on the device", rxErrors),
                counter("rx_tls_degraded", "RX sessions that went from the device to software", rxDegraded),
                gauge("tls_curr_tx_device", "TX sessions installed on the device now", txCurrent),
                gauge("tls_curr_rx_device", "RX sessions installed on the device now", rxCurrent),
                counter("tls_tx_device", "TX sessions installed on the device", txInstalled),
                counter("tls_rx_device", "RX sessions installed on the device", rxInstalled),
                counter("tls_decrypt_error", "Records that did not authenticate", decryptErrors),
                counter("tls_tx_rekey_ok", "TX sessions that went on with new keys", txRekeyed),
                counter("tls_rx_rekey_ok", "RX sessions that went on with new keys", rxRekeyed));
    }

    private static OffloadCounter counter(String name, String description, LongAdder value) {
        return new OffloadCounter(name, description, COUNTER, value::sum);
    }

    private static OffloadCounter gauge(String name, String description, LongAdder value) {
        return new OffloadCounter(name, description, GAUGE, value::sum);
    }
}
