package io.offramp.offload.device.toe;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Options of the host's end: the ordinary ones, and {@code SO_LINGER}, of which 0 asks for a reset. */
final class PlaintextConfig extends DefaultChannelConfig {
    private final Runnable onReadCleared;
    private volatile int lingerS = -1;

    /**
     * Takes allocator and water marks from the device's channel.
     *
     * @param onReadCleared runs when auto-read is switched off
     */
    PlaintextConfig(Channel channel, Channel device, Runnable onReadCleared) {
        super(channel);
        this.onReadCleared = onReadCleared;
        setAllocator(device.config().getAllocator());
        setWriteBufferWaterMark(device.config().getWriteBufferWaterMark());
        setMessageSizeEstimator(Outgoing.SIZES);
    }

    /** Seconds that a close lingers; negative for the usual close. */
    int lingerS() {
        return lingerS;
    }

    @Override
    public Map<ChannelOption<?>, Object> getOptions() {
        return getOptions(super.getOptions(), ChannelOption.SO_LINGER);
    }

    @Override
    @SuppressWarnings("unchecked") // the option's own type
    public <T> @Nullable T getOption(ChannelOption<T> option) {
        return option == ChannelOption.SO_LINGER ? (T) Integer.valueOf(lingerS) : super.getOption(option);
    }

    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
        if (option != ChannelOption.SO_LINGER) {
            return super.setOption(option, value);
        }
        validate(option, value);
        lingerS = (Integer) value;
        return true;
    }

    @Override
    protected void autoReadCleared() {
        onReadCleared.run();
    }
}
