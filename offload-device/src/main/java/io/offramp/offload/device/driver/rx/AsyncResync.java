package io.offramp.offload.device.driver.rx;

import io.netty.buffer.ByteBuf;
import io.offramp.offload.device.driver.counter.DeviceCounters;
import io.offramp.offload.device.driver.queue.CompletionHandler;
import io.offramp.offload.device.driver.queue.SendRing;
import io.offramp.offload.device.driver.session.SessionPlace;
import io.offramp.offload.device.hardware.context.AuthState;
import io.offramp.offload.device.hardware.context.ProgressParams;
import io.offramp.offload.device.hardware.context.TrackerState;
import io.offramp.offload.device.hardware.queue.Cqe;
import io.offramp.offload.device.hardware.queue.Opcode;
import io.offramp.offload.device.hardware.queue.PsvWqe;
import io.offramp.offload.device.wire.Chance;
import io.offramp.offload.device.wire.Fault;
import org.jspecify.annotations.Nullable;

/**
 * The strategy {@code DRIVER_REQ_ASYNC}, ConnectX's: the device finds bytes that look like a header and says so in a
 * packet's CQE; GET_PSV reads where that is; and when the host has a header at just that place, its number is the
 * answer. Headers that the host meets while the device is being asked are logged, up to {@value #LOG_HEADERS}. A guess
 * that is none never gets an answer. A request that is given up, or an answer that cannot be given, is made good by the
 * device, which asks again until it is answered.
 *
 * <pre>
 *                  CQE RESYNC                 GET_PSV done                  header at hw_resync_tcp_sn
 *   IDLE ──────────────────────► ASYNC ───────────────────────► REQUESTED ─────────────────────────────► IDLE
 *     ▲                            │ headers are logged             │ or in the log                      answered
 *     └────────────────────────────┴── cancelled ◄──────────────────┘
 * </pre>
 */
final class AsyncResync implements RxResync {
    private static final int LOG_HEADERS = 13;
    private static final int MOST_HEADERS = 0xffff;

    private enum State {
        IDLE,
        ASYNC,
        REQUESTED
    }

    private final SessionPlace place;
    private final RxContext context;
    private final Chance chance;
    private final DeviceCounters counters;
    private final int[] log = new int[LOG_HEADERS];
    private final CompletionHandler onProgress = this::onProgress;
    private State state = State.IDLE;
    private int requestSequence;
    private int requestBytes;
    private int logged;
    private int headers;
    private int deviceSequence;
    private @Nullable ByteBuf progress;
    private int progressKey;
    private boolean isClosed;

    private boolean owesAnswer;
    private int owedSequence;
    private long owedNumber;

    AsyncResync(SessionPlace place, RxContext context, Chance chance) {
        this.place = place;
        this.context = context;
        this.chance = chance;
        counters = place.counters();
    }

    @Override
    public void onRequest(int sequence, int bytes) {
        if (progress != null) {
            // One question at a time.
            return;
        }
        // The device has gone on: an answer to what it asked before would be none.
        owesAnswer = false;
        state = State.ASYNC;
        requestSequence = sequence;
        requestBytes = bytes;
        logged = 0;
        headers = 0;
        counters.rxResyncStarted.increment();
        askForProgress();
    }

    private void askForProgress() {
        SendRing ring = place.channel().control();
        if (isQueueFull(PsvWqe.BLOCKS)) {
            skip();
            return;
        }
        progress = place.allocator()
                .directBuffer(PsvWqe.WRITE_BYTES, PsvWqe.WRITE_BYTES)
                .setZero(0, PsvWqe.WRITE_BYTES);
        progressKey = place.channel().regions().map(progress);
        int at = ring.reserve(PsvWqe.BLOCKS);
        ring.writeControl(at, Opcode.GET_PSV, Opcode.MODIFIER_TIR, PsvWqe.OCTOWORDS, 0, 0);
        PsvWqe.write(ring.memory(), at, context.tir(), progressKey, 0);
        context.onPosted();
        ring.post(PsvWqe.BLOCKS, onProgress);
        ring.doorbell();
        if (!chance.happens(Fault.DELAY)) {
            ring.poll();
        }
    }

    private void onProgress(ByteBuf ring, int cqe) {
        take(ring, cqe);
        context.onCompleted();
    }

    private void take(ByteBuf ring, int cqe) {
        ByteBuf params = progress;
        if (params == null) {
            return;
        }
        progress = null;
        place.channel().regions().unmap(progressKey);
        boolean isRead = Cqe.opcode(ring, cqe) == Cqe.REQUEST;
        int at = PsvWqe.PROGRESS_PARAMS;
        boolean isAsking = isRead
                && ProgressParams.tracker(params, at) == TrackerState.TRACKING
                && ProgressParams.auth(params, at) == AuthState.NO_OFFLOAD;
        int sequence = ProgressParams.resyncTcpSequence(params, at);
        params.release();
        if (isClosed || !isAsking || state != State.ASYNC) {
            skip();
            return;
        }
        state = State.REQUESTED;
        deviceSequence = sequence;
        counters.rxResyncEnded.increment();
    }

    private void skip() {
        counters.rxResyncSkipped.increment();
        state = State.IDLE;
    }

    @Override
    public void onRecord(int sequence, int recordBytes, long number, RecordAssembler.Work work, boolean hasMore) {
        if (owesAnswer) {
            answer(owedSequence, owedNumber);
        }
        if (progress != null) {
            place.channel().control().poll();
        }
        switch (state) {
            case IDLE -> {}
            case ASYNC -> log(sequence);
            case REQUESTED -> match(sequence, number);
        }
    }

    private void log(int sequence) {
        if (sequence - requestSequence < 0) {
            return;
        }
        if (headers == MOST_HEADERS) {
            state = State.IDLE;
            return;
        }
        if (sequence - (requestSequence + requestBytes) <= 0 && logged < LOG_HEADERS) {
            log[logged++] = sequence;
        }
        headers++;
    }

    private void match(int sequence, long number) {
        for (int i = 0; i < logged; i++) {
            if (log[i] == deviceSequence) {
                state = State.IDLE;
                answer(deviceSequence, number - (headers - i));
                return;
            }
        }
        logged = 0;
        headers = 0;
        if (sequence == deviceSequence) {
            state = State.IDLE;
            answer(sequence, number);
        }
    }

    private void answer(int sequence, long number) {
        counters.rxDeviceResync.add(owesAnswer ? 0 : 1);
        owesAnswer = false;
        if (sequence == 0) {
            // In static params, 0 says that they answer nothing.
            counters.rxResyncUnanswered.increment();
        } else if (isQueueFull(RxContext.ANSWER_BLOCKS)) {
            counters.rxResyncRetried.increment();
            owesAnswer = true;
            owedSequence = sequence;
            owedNumber = number;
        } else {
            context.answer(sequence, number);
            counters.rxResyncAnswered.increment();
        }
    }

    private boolean isQueueFull(int blocks) {
        return !place.channel().control().hasRoom(blocks) || chance.happens(Fault.QUEUE_FULL);
    }

    @Override
    public void onProgrammed() {
        state = State.IDLE;
        owesAnswer = false;
    }

    @Override
    public void close() {
        isClosed = true;
        if (progress != null) {
            place.channel().control().poll();
        }
    }
}
