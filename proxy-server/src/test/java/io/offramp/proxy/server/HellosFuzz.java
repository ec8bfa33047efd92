package io.offramp.proxy.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.offramp.offload.RecordOffload;
import io.offramp.offload.sw.SwProvider;
import io.offramp.offload.tck.fuzz.Bounds;
import io.offramp.proxy.accept.Gates;
import io.offramp.proxy.admin.Phase;
import io.offramp.proxy.budget.AddressLimits;
import io.offramp.proxy.budget.MemoryBudget;
import io.offramp.proxy.config.ListenerConfig;
import io.offramp.proxy.connection.ConnectionRegistry;
import io.offramp.proxy.generation.ListenerGeneration;
import io.offramp.proxy.generation.ListenerKey;
import io.offramp.proxy.generation.Terms;
import io.offramp.proxy.handshake.client.ClientAuthSettings;
import io.offramp.proxy.handshake.engine.FuzzClient;
import io.offramp.proxy.metrics.ProxyMetrics;
import io.offramp.proxy.net.HostPort;
import io.offramp.proxy.route.Router;
import io.offramp.proxy.session.AutoPolicy;
import io.offramp.proxy.session.OffloadConfig.Policy;
import io.offramp.proxy.session.OffloadPlan;
import io.offramp.proxy.session.RecordSizeConfig;
import io.offramp.proxy.session.SessionSettings;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whole hellos and flights against a listener as it runs, without a socket. The input is what {@link FuzzClient} makes
 * of it. Whatever it is, no alert is internal_error, no line is an ERROR, no handshake counts as failed by our fault,
 * and nothing of it is left.
 */
public final class HellosFuzz {
    private static final long MAX_HEAP_BYTES = 16 << 20;
    private static final int INPUTS_PER_SCRAPE = 1024;
    private static final int ALERT = 21;
    private static final int INTERNAL_ERROR = 80;
    private static final RecordOffload SOFTWARE = new SwProvider().open(Map.of());
    private static final ProxyMetrics METRICS = new ProxyMetrics();
    private static final SessionSettings SESSIONS = SessionSettings.of(
            new OffloadPlan(SOFTWARE, SOFTWARE, Policy.SW, Policy.SW, AutoPolicy.DEFAULTS),
            METRICS.tls(),
            RecordSizeConfig.DEFAULTS);
    private static final AtomicReference<@Nullable ILoggingEvent> ERROR = new AtomicReference<>();
    private static int inputs;

    static {
        AppenderBase<ILoggingEvent> errors = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                if (event.getLevel().isGreaterOrEqual(Level.ERROR)) {
                    ERROR.set(event);
                }
            }
        };
        errors.start();
        ((ch.qos.logback.classic.Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).addAppender(errors);
    }

    private static final ListenerGeneration LISTENER = new ListenerGeneration(
            new ListenerKey(new HostPort("127.0.0.1", 443), 0),
            "fuzz",
            new Terms(ListenerConfig.Mode.HTTP, ClientAuthSettings.OFF),
            METRICS.listener("fuzz"),
            null,
            FuzzClient.settings(),
            SESSIONS,
            Gates.open(METRICS.listener("fuzz")),
            List.of(),
            List.of(),
            pipeline -> {},
            null,
            new Router(List.of(), name -> null));

    private final HalfOpenHandshakes halfOpen;
    private final ClientAddressLimits addresses = new ClientAddressLimits(() -> new AddressLimits(10, 10));
    private final ConnectionRegistry connections = new ConnectionRegistry(() -> 10);
    private final EmbeddedChannel channel;
    private final ByteArrayOutputStream answers = new ByteArrayOutputStream();

    private HellosFuzz() {
        MemoryBudget budget = new MemoryBudget(1 << 30, 1 << 30, () -> 0, () -> 0, () -> 0, () -> 0, what -> {});
        halfOpen = new HalfOpenHandshakes(() -> 10, budget);
        channel = new AcceptedChannel(
                new TlsListener(() -> LISTENER, connections, halfOpen, addresses, new Drain(Phase.READY)));
    }

    /** Makes the listener's keys before the first input, whose time is limited. */
    public static void fuzzerInitialize() {
        FuzzClient.settings();
    }

    /** One input. */
    public static void fuzzerTestOneInput(byte[] data) throws Exception {
        ERROR.set(null);
        Bounds.check(MAX_HEAP_BYTES, () -> new HellosFuzz().run(new FuzzClient(data)));
    }

    private void run(FuzzClient client) throws Exception {
        try {
            for (byte[] sent = client.next(answers());
                    sent != null && channel.isOpen();
                    sent = client.next(answers())) {
                channel.writeInbound(Unpooled.copiedBuffer(sent));
                requireNoInternalError(answers());
            }
            channel.close();
            channel.runPendingTasks();
        } finally {
            channel.finishAndReleaseAll();
        }
        require(halfOpen.count() == 0, halfOpen.count() + " half-open handshakes are left");
        require(addresses.addresses() == 0, addresses.addresses() + " client addresses are left");
        require(connections.count() == 0, connections.count() + " connections are left");
        ILoggingEvent error = ERROR.get();
        require(error == null, "logged: " + (error == null ? "" : error.getFormattedMessage()));
        if ((++inputs & INPUTS_PER_SCRAPE - 1) == 0) {
            requireNoInternalFailure();
        }
    }

    /** The counter is there once it has counted; to look costs more than an input. */
    private static void requireNoInternalFailure() throws Exception {
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        METRICS.scrape(page);
        require(!page.toString(StandardCharsets.UTF_8).contains("reason=\"internal\""), "metric internal");
    }

    private byte[] answers() {
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            answers.writeBytes(ByteBufUtil.getBytes(out));
            out.release();
        }
        return answers.toByteArray();
    }

    /** The last record, if it is an alert in plaintext: one under keys is logged as an ERROR. */
    private static void requireNoInternalError(byte[] answers) {
        int at = answers.length - 7;
        boolean alert = at >= 0 && answers[at] == ALERT && answers[at + 4] == 2;
        require(!alert || answers[at + 6] != INTERNAL_ERROR, "alert internal_error");
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalStateException(otherwise);
        }
    }
}
