package io.offramp.proxy.upstream.probe;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.Future;
import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.ResetCode;
import io.offramp.proxy.upstream.UpstreamListener;
import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.UpstreamStream;
import io.offramp.proxy.upstream.failure.FailureReason;
import io.offramp.proxy.upstream.health.CheckConfig;
import io.offramp.proxy.upstream.health.CheckConfig.Probe;
import io.offramp.proxy.upstream.health.CheckResult;
import io.offramp.proxy.upstream.pool.Lease;
import io.offramp.proxy.upstream.pool.LeaseListener;
import io.offramp.proxy.upstream.pool.Opening;
import io.offramp.proxy.upstream.pool.ServerBusyException;
import io.offramp.proxy.upstream.pool.UpstreamLoop;
import io.offramp.proxy.upstream.transport.Transport;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One check of a server. Speaks what requests speak: the protocol of the upstream, and TLS where it has that. HTTP/1
 * gets a connection of its own, HTTP/2 a stream, or a connection too if the check has its own server name. The result
 * is that of the answer's head, or of gRPC's trailers; the rest of the answer is read within bounds, so that no server
 * finds its connection reset. Confined to the event loop.
 */
final class Probing implements LeaseListener, UpstreamListener, Opening.Result {
    /** Of an answer, until its connection is reset after all. */
    private static final int MAX_BODY_BYTES = 1 << 20;

    private final UpstreamLoop loop;
    private final UpstreamServer server;
    private final Probe probe;
    private final Duration timeout;
    private final @Nullable String serverName;
    private final Result result;
    private @Nullable Lease lease;
    private @Nullable UpstreamStream stream;
    private @Nullable Future<?> timer;
    private final GrpcHealth grpc = new GrpcHealth();
    /** Whether it waits for a connection of which there may be no more now. */
    private boolean waiting;

    private boolean over;
    private int bodyBytes;

    /** Gets the result once, unless the check was cancelled. */
    interface Result {
        /** @param why for people */
        void onResult(CheckResult result, String why);
    }

    Probing(UpstreamLoop loop, UpstreamServer server, CheckConfig config, Probe probe, Result result) {
        this.loop = loop;
        this.server = server;
        this.probe = probe;
        timeout = config.timeout();
        serverName = config.serverName();
        this.result = result;
    }

    void start() {
        timer = loop.eventLoop().schedule(this::onTimeout, timeout.toNanos(), TimeUnit.NANOSECONDS);
        ByteBufAllocator allocator = ByteBufAllocator.DEFAULT;
        Lease next = switch (probe) {
            case Probe.Tcp tcp -> loop.openTransport(server.group(), server, allocator, this);
            case Probe.Http http -> lease(allocator);
            case Probe.Grpc call -> lease(allocator);
        };
        lease = next;
        next.start();
    }

    private Lease lease(ByteBufAllocator allocator) {
        return serverName == null
                ? loop.open(server.group(), server, allocator, this, this)
                : loop.openOwn(server, serverName, allocator, this, this);
    }

    @Override
    public @Nullable String serverName() {
        return serverName;
    }

    /** No result follows. */
    void cancel() {
        over = true;
        finish();
    }

    private void finish() {
        if (timer != null) {
            timer.cancel(false);
        }
        if (lease != null) {
            lease.cancel();
            lease = null;
        }
        UpstreamStream open = stream;
        stream = null;
        if (open != null) {
            open.reset(ResetCode.CANCEL);
        }
    }

    private void end(boolean good, String why) {
        end(good ? CheckResult.GOOD : CheckResult.BAD, why);
    }

    private void end(CheckResult found, String why) {
        finish();
        report(found, why);
    }

    private void report(boolean good, String why) {
        report(good ? CheckResult.GOOD : CheckResult.BAD, why);
    }

    private void report(CheckResult found, String why) {
        if (!over) {
            over = true;
            result.onResult(found, why);
        }
    }

    private void onTimeout() {
        String within = " within " + timeout.toMillis() + " ms";
        if (waiting) {
            end(CheckResult.BUSY, "check: no connection came free" + within);
        } else {
            end(CheckResult.LATE, "check: no answer" + within);
        }
    }

    @Override
    public long onWaiting(long ns) {
        waiting = true;
        return ns;
    }

    @Override
    public void onConnecting() {
        waiting = false;
    }

    @Override
    public void onConnected(Transport transport) {
        lease = null;
        Goodbye.to(transport, loop.eventLoop());
        end(true, "check: accepts connections");
    }

    @Override
    public void onLeased(UpstreamStream leased, boolean used) {
        lease = null;
        waiting = false;
        stream = leased;
        switch (probe) {
            case Probe.Http http ->
                leased.sendHead(ProbeRequest.of(http, server.authority()), ProbeRequest.CLIENT, null);
            case Probe.Grpc call -> {
                leased.sendHead(ProbeRequest.of(call, server.authority()), ProbeRequest.CLIENT, null);
                leased.sendBody(GrpcHealth.request(call.service()), true);
            }
            case Probe.Tcp tcp -> throw new IllegalStateException("has no stream");
        }
        leased.flush();
    }

    @Override
    public void onConnectFailed(UpstreamServer failed, Throwable cause) {
        lease = null;
        CheckResult found = switch (ServerBusyException.reason(cause)) {
            case BUSY -> CheckResult.BUSY;
            case CONNECT_TIMEOUT -> CheckResult.LATE;
            default -> CheckResult.BAD;
        };
        end(found, "check: " + FailureReason.problem(cause));
    }

    @Override
    public void onHead(AnswerHead head) {
        if (head.isInterim()) {
            return;
        }
        int status = head.status();
        if (probe instanceof Probe.Http http) {
            report(status >= http.least() && status <= http.most(), "check: status " + status);
        } else if (status == 200) {
            grpc.onHead(head.message().fields());
        } else {
            report(false, "check: status " + status);
        }
    }

    @Override
    public void onFailed(String problem, Fate fate, ResetCode code) {
        stream = null;
        end(false, "check: " + problem);
    }

    @Override
    public void onBody(ByteBuf piece) {
        bodyBytes += piece.readableBytes();
        grpc.onBody(piece);
        piece.release();
        if (bodyBytes > MAX_BODY_BYTES) {
            end(false, "check: an answer of more than " + MAX_BODY_BYTES + " bytes");
        }
    }

    @Override
    public void onSpliced(int bytes) {}

    @Override
    public void onEnd(Fields trailers) {
        String problem = probe instanceof Probe.Grpc ? grpc.problem(trailers) : null;
        end(problem == null, "check: " + (problem == null ? "serving" : problem));
    }

    @Override
    public void onReadComplete() {}

    @Override
    public void onWritable() {}
}
