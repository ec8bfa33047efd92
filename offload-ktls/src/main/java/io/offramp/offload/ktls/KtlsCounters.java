package io.offramp.offload.ktls;

import static io.offramp.offload.counter.OffloadCounter.Kind.COUNTER;
import static io.offramp.offload.counter.OffloadCounter.Kind.GAUGE;

import io.offramp.offload.counter.OffloadCounter;
import io.offramp.offload.ktls.kernel.KernelTls.Conf;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counters of the backend, over all event loops. Sessions have the kernel's own names, by what the kernel reports for
 * their socket. Touched once per burst of records, never per record.
 */
final class KtlsCounters {
    private final TxCounters tx = new TxCounters();
    private final DirectionCounters rx = new DirectionCounters();

    private final List<OffloadCounter> published = List.of(
            new OffloadCounter(
                    "tls_curr_tx_sw",
                    "TX sessions that the kernel's software encrypts now",
                    GAUGE,
                    tx.software::current),
            new OffloadCounter(
                    "tls_curr_rx_sw",
                    "RX sessions that the kernel's software decrypts now",
                    GAUGE,
                    rx.software::current),
            new OffloadCounter(
                    "tls_curr_tx_device",
                    "TX sessions that a NIC has now, as the kernel says",
                    GAUGE,
                    tx.device::current),
            new OffloadCounter(
                    "tls_curr_rx_device",
                    "RX sessions that a NIC has now, as the kernel says",
                    GAUGE,
                    rx.device::current),
            new OffloadCounter("tls_tx_sw", "TX sessions given to the kernel's software", COUNTER, tx.software::total),
            new OffloadCounter("tls_rx_sw", "RX sessions given to the kernel's software", COUNTER, rx.software::total),
            new OffloadCounter(
                    "tls_tx_device", "TX sessions given to a NIC, as the kernel says", COUNTER, tx.device::total),
            new OffloadCounter(
                    "tls_rx_device", "RX sessions given to a NIC, as the kernel says", COUNTER, rx.device::total),
            new OffloadCounter(
                    "ktls_tx_unknown",
                    "TX sessions that the kernel reports neither in its software nor on a NIC",
                    COUNTER,
                    tx.unknown::total),
            new OffloadCounter(
                    "ktls_rx_unknown",
                    "RX sessions that the kernel reports neither in its software nor on a NIC",
                    COUNTER,
                    rx.unknown::total),
            new OffloadCounter("ktls_tx_records", "Records given to the kernel to encrypt", COUNTER, tx.records::sum),
            new OffloadCounter(
                    "ktls_tx_bytes", "Bytes of content given to the kernel to encrypt", COUNTER, tx.bytes::sum),
            new OffloadCounter("ktls_tx_splices", "Times that a session began to splice", COUNTER, tx.splices::sum),
            new OffloadCounter(
                    "ktls_tx_splice_bytes", "Bytes of ktls_tx_bytes that were spliced", COUNTER, tx.spliceBytes::sum),
            new OffloadCounter("ktls_rx_reads", "Reads of records that the kernel decrypted", COUNTER, rx.records::sum),
            new OffloadCounter("ktls_rx_bytes", "Bytes of content that the kernel decrypted", COUNTER, rx.bytes::sum));

    TxCounters tx() {
        return tx;
    }

    DirectionCounters rx() {
        return rx;
    }

    List<OffloadCounter> published() {
        return published;
    }

    /** Sessions of one direction with one {@link Conf}. */
    static final class Sessions {
        private final LongAdder installed = new LongAdder();
        private final LongAdder closed = new LongAdder();

        long total() {
            return installed.sum();
        }

        long current() {
            return installed.sum() - closed.sum();
        }
    }

    /** One half of the sessions. */
    static class DirectionCounters {
        final Sessions software = new Sessions();
        final Sessions device = new Sessions();
        final Sessions unknown = new Sessions();
        final LongAdder records = new LongAdder();
        final LongAdder bytes = new LongAdder();

        /** The kernel has the keys. */
        void onInstalled(Conf conf) {
            sessions(conf).installed.increment();
        }

        void onClosed(Conf conf) {
            sessions(conf).closed.increment();
        }

        void onBurst(long burstRecords, long burstBytes) {
            records.add(burstRecords);
            bytes.add(burstBytes);
        }

        private Sessions sessions(Conf conf) {
            return switch (conf) {
                case SW -> software;
                case HW -> device;
                case NONE, UNKNOWN -> unknown;
            };
        }
    }

    /** The sending half, with the spliced part. */
    static final class TxCounters extends DirectionCounters {
        private final LongAdder splices = new LongAdder();
        private final LongAdder spliceBytes = new LongAdder();

        void onSplice() {
            splices.increment();
        }

        void onSpliced(int bytes) {
            spliceBytes.add(bytes);
        }
    }
}
