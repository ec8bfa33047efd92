package io.offramp.app.e2e;

import java.io.ByteArrayOutputStream;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Collects what an echo sends back. */
final class WebSocketEcho implements WebSocket.Listener {
    private final int wanted;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();

    /** Done when as many bytes have come as were wanted. */
    final CompletableFuture<byte[]> all = new CompletableFuture<>();

    /** Done by the server's close. */
    final CompletableFuture<Integer> closed = new CompletableFuture<>();

    WebSocketEcho(int wanted) {
        this.wanted = wanted;
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        received.writeBytes(bytes);
        if (received.size() >= wanted) {
            all.complete(received.toByteArray());
        }
        socket.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
        closed.complete(status);
        return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
        all.completeExceptionally(error);
        closed.completeExceptionally(error);
    }
}
