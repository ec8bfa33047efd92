package io.offramp.offload.ktls;

import java.io.IOException;
import java.util.Arrays;

/** The moment between two records at which the kernel gets keys: whatever was written before goes out without them. */
final class KeysWrite extends SocketWrite {
    private final KtlsTxSession session;
    private final byte[] cryptoInfo;

    /** @param cryptoInfo wiped here */
    KeysWrite(KtlsTxSession session, byte[] cryptoInfo) {
        super(1);
        this.session = session;
        this.cryptoInfo = cryptoInfo;
    }

    @Override
    int advance(int from) throws IOException {
        return session.setKeys(cryptoInfo) ? 1 : 0;
    }

    @Override
    protected void deallocate() {
        Arrays.fill(cryptoInfo, (byte) 0);
        session.onWritten();
    }
}
