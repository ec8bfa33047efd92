package io.offramp.app.grpc;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The answers of one call, and its flow: {@link #awaitReady} holds a sender up. */
final class Answers implements ClientResponseObserver<byte[], byte[]> {
    private static final int PATIENCE_S = 60;

    private final List<byte[]> received = new ArrayList<>();
    private final Object turn = new Object();
    private final CompletableFuture<ClientCallStreamObserver<byte[]>> call = new CompletableFuture<>();

    /** Counts down at the first message. */
    final CountDownLatch first = new CountDownLatch(1);

    /** All messages, when the server is done; or the status. */
    final CompletableFuture<List<byte[]>> all = new CompletableFuture<>();

    @Override
    public void beforeStart(ClientCallStreamObserver<byte[]> started) {
        started.setOnReadyHandler(() -> {
            synchronized (turn) {
                turn.notifyAll();
            }
        });
        call.complete(started);
    }

    /** Returns when a message may be sent; throws if it takes too long. */
    void awaitReady() throws Exception {
        ClientCallStreamObserver<byte[]> started = call.get(PATIENCE_S, TimeUnit.SECONDS);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
        synchronized (turn) {
            while (!started.isReady() && !all.isDone()) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("not ready in time");
                }
                turn.wait(100);
            }
        }
    }

    List<byte[]> get() throws Exception {
        return all.get(PATIENCE_S, TimeUnit.SECONDS);
    }

    void cancel() {
        call.join().cancel("the test's wish", null);
    }

    @Override
    public void onNext(byte[] message) {
        received.add(message);
        first.countDown();
    }

    @Override
    public void onError(Throwable cause) {
        all.completeExceptionally(cause);
    }

    @Override
    public void onCompleted() {
        all.complete(received);
    }
}
