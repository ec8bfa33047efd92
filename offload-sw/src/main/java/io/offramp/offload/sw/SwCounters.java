package io.offramp.offload.sw;

import static io.offramp.offload.counter.OffloadCounter.Kind.COUNTER;
import static io.offramp.offload.counter.OffloadCounter.Kind.GAUGE;

import io.offramp.offload.counter.OffloadCounter;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** Counters of the backend, over all event loops. Touched once per burst of records, never per record. */
final class SwCounters {
    private final DirectionCounters tx = new DirectionCounters();
    private final DirectionCounters rx = new DirectionCounters();
    private final LongAdder decryptErrors = new LongAdder();

    /** The kernel's names ({@code /proc/net/tls_stat}) in snake case; records and bytes in the same pattern. */
    private final List<OffloadCounter> published = List.of(
            new OffloadCounter("tls_curr_tx_sw", "TX sessions that the host encrypts now", GAUGE, tx.current::sum),
            new OffloadCounter("tls_curr_rx_sw", "RX sessions that the host decrypts now", GAUGE, rx.current::sum),
            new OffloadCounter("tls_tx_sw", "TX sessions installed on the host", COUNTER, tx.installed::sum),
            new OffloadCounter("tls_rx_sw", "RX sessions installed on the host", COUNTER, rx.installed::sum),
            new OffloadCounter("tls_decrypt_error", "Records that did not authenticate", COUNTER, decryptErrors::sum),
            new OffloadCounter("tls_sw_tx_records", "Records encrypted by the host", COUNTER, tx.records::sum),
            new OffloadCounter("tls_sw_tx_bytes", "Bytes of content encrypted by the host", COUNTER, tx.bytes::sum),
            new OffloadCounter("tls_sw_rx_records", "Records decrypted by the host", COUNTER, rx.records::sum),
            new OffloadCounter("tls_sw_rx_bytes", "Bytes of content decrypted by the host", COUNTER, rx.bytes::sum));

    DirectionCounters tx() {
        return tx;
    }

    DirectionCounters rx() {
        return rx;
    }

    void onDecryptError() {
        decryptErrors.increment();
    }

    List<OffloadCounter> published() {
        return published;
    }

    /** One half of the sessions. */
    static final class DirectionCounters {
        private final LongAdder current = new LongAdder();
        private final LongAdder installed = new LongAdder();
        private final LongAdder records = new LongAdder();
        private final LongAdder bytes = new LongAdder();

        void onInstalled() {
            current.increment();
            installed.increment();
        }

        void onClosed() {
            current.decrement();
        }

        void onBurst(int burstRecords, long burstBytes) {
            records.add(burstRecords);
            bytes.add(burstBytes);
        }
    }
}
