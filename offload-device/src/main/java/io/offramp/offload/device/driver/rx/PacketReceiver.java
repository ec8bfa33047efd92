package io.offramp.offload.device.driver.rx;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.device.driver.counter.DeviceCounters;
import io.offramp.offload.device.driver.queue.CompletionHandler;
import io.offramp.offload.device.driver.queue.DeviceChannel;
import io.offramp.offload.device.driver.queue.PacketTemplate;
import io.offramp.offload.device.driver.session.SessionPlace;
import io.offramp.offload.device.hardware.queue.Cqe;
import io.offramp.offload.device.hardware.queue.TlsOffload;

/** Presents packets of a flow to the device and takes their completions, which it counts. */
final class PacketReceiver implements CompletionHandler {
    private final DeviceChannel channel;
    private final DeviceCounters counters;
    private TlsOffload result = TlsOffload.NOT_DECRYPTED;
    private boolean isIntact = true;

    PacketReceiver(SessionPlace place) {
        channel = place.channel();
        counters = place.counters();
    }

    /**
     * Lets the device write a packet's payload to host memory.
     *
     * @param host has {@code bytes} writable bytes from 0 on
     * @return what the device did; if not decrypted, host memory holds what was on the wire
     */
    TlsOffload receive(ByteBuf header, int headerBytes, ByteBuf wire, int index, int bytes, ByteBuf host) {
        int key = channel.regions().map(host);
        channel.receive().post(key, 0, bytes, this);
        boolean isDelivered = channel.deliver(header, headerBytes, wire, index, bytes);
        channel.receive().poll();
        channel.regions().unmap(key);
        if (!isDelivered) {
            host.setBytes(0, wire, index, bytes);
            isIntact = true;
            return TlsOffload.NOT_DECRYPTED;
        }
        count(result, bytes);
        return result;
    }

    /** Whether the checksum of the last packet holds. */
    boolean isIntact() {
        return isIntact;
    }

    private void count(TlsOffload seen, int bytes) {
        switch (seen) {
            case DECRYPTED -> {
                counters.rxDecryptedPackets.increment();
                counters.rxDecryptedBytes.add(bytes);
            }
            case RESYNC -> counters.rxResyncPackets.increment();
            case ERROR -> counters.rxErrors.increment();
            case NOT_DECRYPTED -> { }
        }
    }

    @Override
    public void onCompletion(ByteBuf ring, int cqe) {
        result = Cqe.tlsOffload(ring, cqe);
        isIntact = Cqe.isIntact(ring, cqe);
    }
}
