package io.offramp.offload.ktls;

import static io.offramp.offload.counter.OffloadCounter.Kind.COUNTER;
import static io.offramp.offload.counter.OffloadCounter.Kind.GAUGE;

import io.offramp.offload.counter.OffloadCounter;
import io.offramp.offload.ktls.KernelTls.Conf;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** What the backend counts, over all event loops. Touched once per burst of records, never per record. */
final class KtlsCounters {
    private final TxCounters tx = new TxCounters();
    private final DirectionCounters rx = new DirectionCounters();

    private final List<OffloadCounter> published = List.of(
            new OffloadCounter("ktls_curr_tx", "TX sessions that the kernel encrypts now", GAUGE, tx.current::sum),
            new OffloadCounter("ktls_curr_rx", "RX sessions that the kernel decrypts now", GAUGE, rx.current::sum),
            new OffloadCounter("ktls_tx", "TX sessions installed in the kernel", COUNTER, tx.installed::sum),
            new OffloadCounter("ktls_rx", "RX sessions installed in the kernel", COUNTER, rx.installed::sum),
            new OffloadCounter("ktls_tx_nic", "TX sessions of which the kernel says that a NIC has them", COUNTER, tx.nic::sum),
            new OffloadCounter("ktls_rx_nic", "RX sessions of which the kernel says that a NIC has them", COUNTER, rx.nic::sum),
            new OffloadCounter("ktls_tx_records", "Records given to the kernel to encrypt", COUNTER, tx.records::sum),
            new OffloadCounter("ktls_tx_bytes", "Bytes of content given to the kernel to encrypt", COUNTER, tx.bytes::sum),
            new OffloadCounter("ktls_tx_splices", "Times that a session began to splice", COUNTER, tx.splices::sum),
            new OffloadCounter("ktls_tx_splice_bytes", "Bytes of ktls_tx_bytes that were spliced", COUNTER, tx.spliceBytes::sum),
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

    /** One half of the sessions. */
    static class DirectionCounters {
        final LongAdder current = new LongAdder();
        final LongAdder installed = new LongAdder();
        final LongAdder nic = new LongAdder();
        final LongAdder records = new LongAdder();
        final LongAdder bytes = new LongAdder();

        void onInstalled() {
            current.increment();
            installed.increment();
        }

        void onConf(Conf conf) {
            if (conf == Conf.HW) {
                nic.increment();
            }
        }

        void onClosed() {
            current.decrement();
        }

        void onBurst(long burstRecords, long burstBytes) {
            records.add(burstRecords);
            bytes.add(burstBytes);
        }
    }

    /** What is sent, with what of it never came through this process. */
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
