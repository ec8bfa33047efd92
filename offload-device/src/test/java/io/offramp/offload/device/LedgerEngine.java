package io.offramp.offload.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.aead.choice.AeadEngines;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An engine that writes down every nonce with what it protected, runs a test's code in front of every seal, and lies
 * when asked to. Device and driver share it, so that a record made by both is seen twice.
 */
final class LedgerEngine extends WatchedEngine {
    private NonceLedger ledger = new NonceLedger();
    private Runnable beforeSeal = () -> {};
    private Runnable beforeOpen = () -> {};
    private int lies;
    private int seals;
    private int open;

    LedgerEngine() {
        super(AeadEngines.best());
    }

    /** Runs in front of every seal. */
    void beforeSeal(Runnable action) {
        beforeSeal = action;
    }

    /** Runs in front of every whole record that is opened. */
    void beforeOpen(Runnable action) {
        beforeOpen = action;
    }

    /** Calls this number of authentic records forgeries. */
    void lie(int records) {
        lies = records;
    }

    /** Nonces that protected two different plaintexts: must stay empty. */
    List<String> reused() {
        return ledger.reused();
    }

    /** Starts over: keys that come from here on are new, even if they look like old ones. */
    void startOver() {
        ledger = new NonceLedger();
    }

    /** Seals so far. */
    int seals() {
        return seals;
    }

    /** Keys set up and not closed. */
    int openKeys() {
        return open;
    }

    /** Every key is closed, and no nonce protected two plaintexts. */
    void expectClean() {
        assertThat(openKeys()).as("keys set up").isZero();
        assertThat(reused()).as("nonces used for two plaintexts").isEmpty();
    }

    @Override
    Watch watch(byte[] key) {
        open++;
        return new Page(HexFormat.of().formatHex(key));
    }

    /** One key's page of the ledger. */
    private final class Page implements Watch {
        private final String key;
        private NonceLedger.@Nullable Message message;

        Page(String key) {
            this.key = key;
        }

        @Override
        public void beforeSeal() {
            beforeSeal.run();
            seals++;
        }

        @Override
        public void onMessage(int nonceHead, long nonceTail, ByteBuf aad, int aadIndex, int aadBytes) {
            message = ledger.start(key, nonceHead, nonceTail, aad, aadIndex, aadBytes);
        }

        @Override
        public void beforePiece() {
            beforeSeal.run();
        }

        @Override
        public void onPlaintext(byte[] plaintext) {
            Objects.requireNonNull(message).update(plaintext);
        }

        @Override
        public boolean mayOpen() {
            beforeOpen.run();
            if (lies > 0) {
                lies--;
                return false;
            }
            return true;
        }

        @Override
        public void onClose() {
            open--;
        }
    }
}
