package io.offramp.offload.device.driver.queue;

import io.netty.buffer.ByteBuf;

/**
 * Watches the bytes of a connection that sessions of the driver deal with, for a capture. Called on the event loop;
 * nothing may be kept.
 */
public interface FlowWatch {
    /** For connections that nobody watches. */
    FlowWatch NOBODY = new FlowWatch() {
        @Override
        public void onSender() {}

        @Override
        public void onReceiver(Receiver receiver) {}

        @Override
        public void onPassedBy(int sequence, ByteBuf wire, int index, int bytes) {}

        @Override
        public void onMade(int bytes, boolean isByDevice) {}
    };

    /** Where bytes go that come in. */
    enum Receiver {
        /** To the host, past the device. */
        NONE,
        /** Through the device. */
        DEVICE,
        /** Over a wire of the model, then through the device. */
        WIRE
    }

    /** The device sends from here on. */
    void onSender();

    /** What comes in goes there from here on. */
    void onReceiver(Receiver receiver);

    /**
     * Bytes of the stream pass the device by, though it has a context for them.
     *
     * @param sequence TCP sequence of the first one
     */
    void onPassedBy(int sequence, ByteBuf wire, int index, int bytes);

    /**
     * The next bytes that will be written to the channel are made.
     *
     * @param isByDevice whether they have left the device as packets; else software has made them
     */
    void onMade(int bytes, boolean isByDevice);
}
