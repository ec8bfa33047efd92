package io.offramp.proxy.flow;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Settings;
import io.offramp.proxy.flow.Http2Peer.Request;
import io.offramp.proxy.flow.Message.Sort;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** One connection to a server of HTTP/2: a few streams at once, little credit, and faults of its own kind. */
final class Http2ModelServer implements ServerModel {
    private static final Http2Settings SETTINGS = Http2Settings.defaultSettings()
            .maxConcurrentStreams(3)
            .initialWindowSize(1000)
            .connectProtocolEnabled(true);

    private final Peer peer;
    private final Http2Peer frames;
    private final IntFunction<Message> messages;
    private final Map<Request, Serving> all = new HashMap<>();
    private final List<Serving> open = new ArrayList<>();
    private int lastTaken = Integer.MAX_VALUE;
    private boolean ended;

    /** One stream. */
    private static final class Serving {
        final Request request;
        final Message message;
        Answer answer = Answer.NONE;
        int left;
        int checked;

        Serving(Request request, Message message) {
            this.request = request;
            this.message = message;
        }
    }

    private enum Answer {
        NONE,
        /** Its end follows with the last byte. */
        LENGTH,
        /** Trailers end it. */
        OPEN_END,
        TUNNEL
    }

    Http2ModelServer(Peer peer, IntFunction<Message> messages) {
        this.peer = peer;
        this.messages = messages;
        frames = new Http2Peer(peer, SETTINGS);
    }

    @Override
    public Peer peer() {
        return peer;
    }

    @Override
    public boolean hasEnded() {
        return ended;
    }

    @Override
    public List<Message> served() {
        return open.stream().map(each -> each.message).toList();
    }

    @Override
    public boolean isTunnel(Message message) {
        return open.stream().anyMatch(each -> each.message == message && each.answer == Answer.TUNNEL);
    }

    @Override
    public boolean read() {
        boolean sent = frames.read();
        for (Request request : frames.requests()) {
            if (request.stream.id() > lastTaken) {
                continue; // it was under way when the server said so
            }
            Serving serving = all.get(request);
            if (serving == null) {
                serving = begin(request);
            }
            check(serving);
            if (open.contains(serving) && !ended && request.unreturned() > 0) {
                frames.take(request);
                sent = true;
            }
        }
        open.removeIf(each -> each.request.reset != null);
        return sent;
    }

    private Serving begin(Request request) {
        String target = request.path();
        Message message = messages.apply(Integer.parseInt(target.substring(target.lastIndexOf('/') + 1)));
        if (request.reset == null || !message.hasArrived() || message.method().equals("POST")) {
            message.arrive();
        } // else it was taken back before this server saw it, and another has it
        Serving serving = new Serving(request, message);
        all.put(request, serving);
        open.add(serving);
        return serving;
    }

    private static void check(Serving serving) {
        Message message = serving.message;
        byte[] body = serving.request.body.toByteArray();
        for (; serving.checked < body.length; serving.checked++) {
            if (body[serving.checked] != message.requestByte(serving.checked)) {
                throw new AssertionError("byte " + serving.checked + " of " + message);
            }
            message.bodyArrived += serving.request.reset == null ? 1 : 0;
        }
        boolean whole = serving.request.ended && message.sort != Sort.UPGRADE;
        if (whole && body.length != message.bodyBytes) {
            throw new AssertionError(body.length + " of " + message.bodyBytes + " bytes of " + message);
        }
        if (whole
                && message.sort == Sort.CHUNKED
                && (serving.request.trailers == null) != message.trailer().isEmpty()) {
            throw new AssertionError("trailers of " + message);
        }
    }

    @Override
    public void answer(int n, boolean early) {
        for (Serving each : open) {
            if (each.answer == Answer.NONE && !ended && (early || each.request.ended || isUpgrade(each))) {
                begin(each, n);
                return;
            }
        }
    }

    private static boolean isUpgrade(Serving serving) {
        return serving.message.sort == Sort.UPGRADE;
    }

    private void begin(Serving to, int n) {
        Message message = to.message;
        String tag = Integer.toString(message.number);
        if (isUpgrade(to) && n % 4 != 0) {
            frames.head(to.request, false, 200, "x-tag", tag);
            to.answer = Answer.TUNNEL;
            message.answered();
            return;
        }
        int status = n % 5 == 0 && !isUpgrade(to) ? 503 : 200;
        to.left = n / 4 % 3000;
        boolean length = n / 12_000 % 2 == 0 || message.sort == Sort.HEAD;
        to.answer = length ? Answer.LENGTH : Answer.OPEN_END;
        if (!length) {
            frames.head(to.request, false, status, "x-tag", tag);
        } else if (to.left == 0 || message.sort == Sort.HEAD) {
            frames.head(to.request, true, status, "x-tag", tag, "content-length", Integer.toString(to.left));
            over(to);
        } else {
            frames.head(to.request, false, status, "x-tag", tag, "content-length", Integer.toString(to.left));
        }
    }

    private void over(Serving serving) {
        serving.message.answered();
        open.remove(serving);
    }

    @Override
    public void send(int most) {
        if (peer.isStalled()) {
            return; // it would not see its credit
        }
        for (Serving each : List.copyOf(open)) {
            if (!ended && each.answer != Answer.NONE) {
                send(each, Math.min(most, 3000));
            }
        }
    }

    private void send(Serving to, int most) {
        Message message = to.message;
        int bytes = to.answer == Answer.TUNNEL ? most : Math.min(most, to.left);
        boolean last = to.answer != Answer.TUNNEL && bytes == to.left;
        boolean trailers =
                last && to.answer == Answer.OPEN_END && !message.trailer().isEmpty();
        frames.body(to.request, last && !trailers, message.answerBytes(message.answerSent, bytes));
        message.answerSent += bytes;
        to.left -= bytes;
        if (trailers) {
            frames.trailers(to.request, "x-sum", Integer.toString(message.number));
        }
        if (last) {
            over(to);
        }
    }

    @Override
    public void answerTwice(int n) {
        if (open.isEmpty() || ended) {
            return;
        }
        Serving some = open.get(n / 8 % open.size());
        switch (n % 4) {
            case 0 -> {
                if (some.answer == Answer.NONE) {
                    some.message.refused();
                    frames.reset(some.request, Http2Error.REFUSED_STREAM);
                }
            }
            case 1 -> frames.reset(some.request, n % 8 == 1 ? Http2Error.CANCEL : Http2Error.NO_ERROR);
            case 2 -> {
                if (some.answer == Answer.NONE) {
                    frames.head(some.request, false, 200, "X-Tag", "999999999");
                }
            }
            default -> {
                goAway(some.request.stream.id());
                return;
            }
        }
        open.remove(some);
    }

    private void goAway(int last) {
        lastTaken = Math.min(lastTaken, last);
        open.removeIf(each -> {
            boolean refused = each.request.stream.id() > last;
            if (refused && each.answer == Answer.NONE) {
                each.message.refused();
            }
            return refused;
        });
        frames.raw("000008 07 00 00000000 %08x 00000000".formatted(last));
    }

    @Override
    public void stray(int n) {
        if (ended) {
            return;
        }
        switch (n % 4) {
            case 0 -> frames.settings(new Http2Settings().maxConcurrentStreams(1));
            // Its library gives credit back by halves of the window: a much smaller one would leave a stream without.
            case 1 -> frames.settings(new Http2Settings().initialWindowSize(1000 + n % 1000));
            case 2 -> frames.raw("000008 06 00 00000000 0102030405060708");
            default -> {
                frames.raw("000000 00 00 00000000"); // DATA of no stream
                ended = true;
            }
        }
    }

    @Override
    public void interim(int bytes) {
        for (Serving each : open) {
            if (each.answer == Answer.NONE && !ended) {
                frames.head(each.request, false, 103, "x-tag", "" + each.message.number, "link", "x".repeat(bytes));
            }
        }
    }

    @Override
    public void end() {
        ended = true;
        peer.endOutput();
    }

    @Override
    public void reset() {
        ended = true;
        peer.reset();
    }
}
