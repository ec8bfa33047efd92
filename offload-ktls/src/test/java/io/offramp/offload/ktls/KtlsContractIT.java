package io.offramp.offload.ktls;

import io.netty.buffer.ByteBufAllocator;
import io.offramp.offload.RecordOffload;
import io.offramp.offload.record.Direction;
import io.offramp.offload.tck.RecordOffloadContract;
import io.offramp.offload.tck.Wire;

/**
 * The contract on the running kernel, over loopback sockets: what it does not take is left out, by what it said when it
 * was tried.
 */
class KtlsContractIT extends RecordOffloadContract {
    @SuppressWarnings("NullAway.Init")
    private KtlsOffload offload;

    @Override
    protected RecordOffload open() {
        offload = KernelHere.open();
        return offload;
    }

    @Override
    protected Wire wire(ByteBufAllocator allocator) {
        return new SocketWire(allocator);
    }

    @Override
    protected boolean canRekey(Direction direction) {
        return direction == Direction.TX
                ? offload.abilities().rekeysTx()
                : offload.abilities().rekeysRx();
    }

    @Override
    protected boolean canExport() {
        return false;
    }

    /** {@code send} of nothing sends nothing. */
    @Override
    public boolean makesEmptyRecords() {
        return false;
    }
}
