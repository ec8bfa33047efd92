package io.offramp.proxy.guard;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.Future;
import io.offramp.proxy.message.AnswerHead;
import io.offramp.proxy.message.ClientFields;
import io.offramp.proxy.message.Fields;
import io.offramp.proxy.message.RequestHead;
import io.offramp.proxy.message.ResetCode;
import io.offramp.proxy.upstream.UpstreamGroup;
import io.offramp.proxy.upstream.UpstreamListener;
import io.offramp.proxy.upstream.UpstreamServer;
import io.offramp.proxy.upstream.UpstreamStream;
import io.offramp.proxy.upstream.balance.HashKey;
import io.offramp.proxy.upstream.failure.FailureReason;
import io.offramp.proxy.upstream.pool.Lease;
import io.offramp.proxy.upstream.pool.LeaseListener;
import io.offramp.proxy.upstream.pool.UpstreamLoop;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One question to a server that decides, and its answer, which is gathered whole. A question has no effect, so it goes
 * to the next server if one does not accept, and once more to the same if its connection had ended. Confined to the
 * event loop.
 */
final class AuthExchange implements UpstreamListener, LeaseListener {
    /** Of a page that says how to log in. */
    private static final int MOST_BYTES = 64 * 1024;

    private final UpstreamLoop servers;
    private final UpstreamGroup group;
    private final RequestHead head;
    private final ClientFields client;
    private final ByteBufAllocator allocator;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream(0);
    private @Nullable Consumer<AuthAnswer> result;
    private @Nullable Future<?> limit;
    private @Nullable UpstreamServer server;
    private @Nullable UpstreamStream stream;
    private @Nullable Lease lease;
    private @Nullable AnswerHead answer;
    private long tried;
    private long sentNs;
    /** Its connection has carried others, so it may have ended meanwhile. */
    private boolean used;

    private boolean repeated;

    /**
     * @param client fields of it, as {@link AuthQuestion#client} gives them
     * @param result gets the answer, once, unless it is cancelled; perhaps within {@link #begin}
     */
    AuthExchange(
            UpstreamLoop servers,
            UpstreamGroup group,
            RequestHead head,
            ClientFields client,
            ByteBufAllocator allocator,
            Consumer<AuthAnswer> result) {
        this.servers = servers;
        this.group = group;
        this.head = head;
        this.client = client;
        this.allocator = allocator;
        this.result = result;
    }

    void begin(long timeoutNs) {
        limit = servers.eventLoop().schedule(this::onLate, timeoutNs, TimeUnit.NANOSECONDS);
        tryNext("none takes requests");
    }

    /** Nobody wants the answer any more. */
    void cancel() {
        result = null;
        leave();
    }

    private void tryNext(String problem) {
        UpstreamServer next = servers.next(group, HashKey.NONE, tried);
        if (next == null) {
            finish(new AuthAnswer.Failed(false, problem));
            return;
        }
        server = next;
        next.onBegin(servers.clock());
        UpstreamStream ready = servers.lease(next, this);
        if (ready == null) {
            connect(next);
        } else {
            used = true;
            send(ready);
        }
    }

    private void connect(UpstreamServer to) {
        used = false;
        lease = servers.open(group, to, allocator, this, this);
        lease.start();
    }

    @Override
    public void onLeased(UpstreamStream leased, boolean wasUsed) {
        lease = null;
        used = wasUsed;
        send(leased);
    }

    private void send(UpstreamStream to) {
        stream = to;
        sentNs = servers.nowNs();
        to.sendHead(head, client, null);
        to.flush();
    }

    @Override
    public void onConnectFailed(UpstreamServer failed, Throwable cause) {
        lease = null;
        tried |= failed.bit();
        leaveServer();
        tryNext("connect to " + failed.name() + ": " + FailureReason.problem(cause));
    }

    @Override
    public void onHead(AnswerHead next) {
        if (next.status() == 101) {
            fail("garbage: 101 to what was not asked for");
        } else if (!next.isInterim()) {
            answer = next;
            if (server != null) {
                server.onAnswer(next.status(), servers.clock());
                group.events().onAnswer(next.status(), servers.nowNs() - sentNs);
            }
        }
    }

    @Override
    public void onBody(ByteBuf piece) {
        boolean fits = body.size() + piece.readableBytes() <= MOST_BYTES;
        if (fits) {
            byte[] bytes = new byte[piece.readableBytes()];
            piece.readBytes(bytes);
            body.writeBytes(bytes);
        }
        piece.release();
        if (!fits) {
            finish(new AuthAnswer.Failed(true, "answer of more than " + MOST_BYTES + " bytes"));
        }
    }

    @Override
    public void onSpliced(int bytes) {
        throw new IllegalStateException("nothing is spliced from here");
    }

    @Override
    public void onEnd(Fields trailers) {
        AnswerHead whole = answer;
        UpstreamStream last = stream;
        stream = null;
        if (last != null) {
            last.release();
        }
        if (whole == null) {
            finish(new AuthAnswer.Failed(true, "no answer"));
        } else if (whole.status() >= 200 && whole.status() < 300) {
            finish(new AuthAnswer.Allowed(whole));
        } else if (whole.status() < 500) {
            finish(new AuthAnswer.Denied(whole, body.toByteArray()));
        } else {
            finish(new AuthAnswer.Failed(true, "answer " + whole.status()));
        }
    }

    @Override
    public void onReadComplete() {}

    @Override
    public void onWritable() {}

    @Override
    public void onFailed(String problem, Fate fate, ResetCode code) {
        stream = null;
        UpstreamServer from = server;
        if (from != null && fate != Fate.ANSWERED && used && !repeated) {
            repeated = true;
            connect(from);
            return;
        }
        fail(problem);
    }

    private void fail(String problem) {
        UpstreamServer from = server;
        if (from != null) {
            from.onBroken(problem, servers.nowNs());
            group.onFailed(FailureReason.ofStream(problem), from, problem, servers.nowNs());
        }
        finish(new AuthAnswer.Failed(true, problem));
    }

    private void onLate() {
        UpstreamServer from = server;
        if (from != null) {
            from.onBroken("timeout", servers.nowNs());
            group.onFailed(FailureReason.ofStream("timeout"), from, "timeout", servers.nowNs());
        }
        finish(new AuthAnswer.Failed(false, "timeout"));
    }

    private void finish(AuthAnswer with) {
        Consumer<AuthAnswer> to = result;
        result = null;
        leave();
        if (to != null) {
            to.accept(with);
        }
    }

    private void leave() {
        Future<?> timer = limit;
        limit = null;
        if (timer != null) {
            timer.cancel(false);
        }
        Lease opening = lease;
        lease = null;
        if (opening != null) {
            opening.cancel();
        }
        UpstreamStream open = stream;
        stream = null;
        if (open != null) {
            open.reset(ResetCode.CANCEL);
        }
        leaveServer();
    }

    private void leaveServer() {
        UpstreamServer last = server;
        server = null;
        if (last != null) {
            last.onEnd();
        }
    }
}
