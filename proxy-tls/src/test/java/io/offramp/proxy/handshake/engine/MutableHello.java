package io.offramp.proxy.handshake.engine;

import io.offramp.proxy.handshake.crypto.Group;
import io.offramp.proxy.handshake.crypto.HkdfLabel;
import io.offramp.proxy.handshake.crypto.Kdf;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;

/**
 * A ClientHello that a fuzz input changes, field by field, with the lengths around set right, and byte by byte behind
 * that.
 */
final class MutableHello {
    private static final int KEY_SHARE = 51;
    private static final int SESSION_TICKET = 35;
    private static final int EARLY_DATA = 42;
    private static final int COOKIE = 44;
    private static final int PRE_SHARED_KEY = 41;
    private static final int BINDER_LIST_BYTES = 2 + 1 + 32;
    private static final byte[] BASE_POINT = HexFormat.of().parseHex("09" + "00".repeat(31));

    /** What a message may begin as. */
    private static final List<RawClientHello> SEEDS = List.of(
            tls13().withShare(Group.X25519, BASE_POINT),
            tls13().withShare(Group.X25519MLKEM768, Arrays.copyOf(BASE_POINT, 1216)),
            tls13().withShare(Group.X25519, BASE_POINT).with(EARLY_DATA, new byte[0]),
            tls13(), // without a share: answered by a HelloRetryRequest
            tls12(),
            tls12().with(35, new byte[0]).with(1, new byte[] {1}),
            RawClientHello.legacy(0x0303));

    private record Extension(int type, byte[] content) {}

    private final List<Extension> extensions = new ArrayList<>();
    private int version;
    private byte[] random;
    private byte[] sessionId;
    private byte[] suites;
    private byte[] compressions;

    private MutableHello(byte[] message) throws Exception {
        ReceivedHello seed = ReceivedHello.of(Arrays.copyOfRange(message, 4, message.length));
        version = seed.version();
        random = seed.random();
        sessionId = seed.sessionId();
        suites = RawClientHello.shorts(seed.suites());
        compressions = seed.compressions();
        seed.extensions().forEach((type, content) -> extensions.add(new Extension(type, content)));
    }

    static MutableHello of(FuzzBytes choices) throws Exception {
        return new MutableHello(SEEDS.get(choices.below(SEEDS.size())).message());
    }

    private static RawClientHello tls13() {
        return RawClientHello.withoutShare(Group.X25519, Group.X25519MLKEM768, Group.SECP256R1)
                .with(
                        0,
                        RawClientHello.list(
                                RawClientHello.join(new byte[] {0}, RawClientHello.list(ascii("localhost")))))
                .with(16, RawClientHello.list(ascii("\10http/1.1\2h2")))
                .with(5, new byte[] {1, 0, 0, 0, 0})
                .with(28, new byte[] {0x40, 1})
                .with(45, new byte[] {1, 1});
    }

    private static RawClientHello tls12() {
        return RawClientHello.legacy(0x0303)
                .with(10, RawClientHello.list(RawClientHello.shorts(Group.X25519.code(), Group.SECP256R1.code())))
                .with(11, new byte[] {1, 0})
                .with(13, RawClientHello.list(RawClientHello.shorts(0x0403, 0x0804)))
                .with(16, RawClientHello.list(ascii("\10http/1.1")))
                .with(23, new byte[0])
                .with(0xff01, new byte[] {0});
    }

    /** As the input says; nothing, once it has ended. */
    void change(FuzzBytes choices) {
        for (int left = choices.below(8); left > 0 && choices.hasMore(); left--) {
            int at = choices.below(extensions.size());
            switch (choices.below(24)) {
                case 0 -> extensions.add(at, new Extension(choices.uint16(), choices.some()));
                case 1, 2, 3, 4 -> put(choices.uint8(), choices.some());
                case 5, 6, 7, 8 -> replace(at, choices.some());
                case 9, 10, 11, 12, 13 -> replace(at, edited(content(at), choices));
                case 14 -> replace(at, Arrays.copyOf(content(at), choices.uint16() % 20_000));
                case 15, 16 -> remove(at);
                case 17 -> swap(at, choices.below(extensions.size()));
                case 18 -> version = choices.uint16();
                case 19 -> compressions = edited(compressions, choices);
                case 20 -> suites = edited(suites, choices);
                case 21 -> sessionId = Arrays.copyOf(choices.some(), 32);
                case 22 -> any(choices);
                default -> twice(at);
            }
        }
    }

    /** Lists of any length, which few hellos outlive. */
    private void any(FuzzBytes choices) {
        switch (choices.below(3)) {
            case 0 -> suites = choices.some();
            case 1 -> sessionId = choices.some();
            default -> compressions = choices.some();
        }
    }

    /** Offers this ticket, with the binder that proves its secret. */
    void offer(byte[] ticket, byte[] secret) {
        byte[] identity = RawClientHello.join(RawClientHello.list(ticket), new byte[4]);
        byte[] binders = RawClientHello.list(RawClientHello.join(new byte[] {32}, new byte[32]));
        extensions.add(new Extension(PRE_SHARED_KEY, RawClientHello.join(RawClientHello.list(identity), binders)));
        byte[] message = message();
        MessageDigest digest = Kdf.SHA_256.newDigest();
        digest.update(message, 0, message.length - BINDER_LIST_BYTES);
        byte[] early = Kdf.SHA_256.extract(new byte[32], secret);
        byte[] key = Kdf.SHA_256.expand(early, HkdfLabel.of("res binder", Kdf.SHA_256.emptyHash(), 32), 32);
        byte[] finished = Kdf.SHA_256.expand(key, HkdfLabel.of("finished", 32), 32);
        byte[] binder = Kdf.SHA_256.hmac(finished, digest.digest(), 0, 32);
        byte[] content = content(extensions.size() - 1);
        System.arraycopy(binder, 0, content, content.length - 32, 32);
    }

    /** Offers a ticket of TLS 1.2, whose session id is of the client's choice. */
    void offer12(byte[] ticket) {
        sessionId = new byte[32];
        put(SESSION_TICKET, ticket);
    }

    /** Does as a HelloRetryRequest asks. */
    void retry(byte[] answer) {
        extensions.removeIf(extension -> extension.type == EARLY_DATA);
        put(
                KEY_SHARE,
                RawClientHello.list(RawClientHello.join(RawClientHello.shorts(Group.X25519.code(), 32), BASE_POINT)));
        byte[] begin = {0, COOKIE, 0, 18, 0, 16};
        for (int at = 0; at + 22 <= answer.length; at++) {
            if (Arrays.equals(answer, at, at + 6, begin, 0, 6)) {
                put(COOKIE, Arrays.copyOfRange(answer, at + 4, at + 22));
                return;
            }
        }
    }

    /** The handshake message; nothing is left out where it does not fit its length. */
    byte[] message() {
        byte[] all = new byte[0];
        for (Extension each : extensions) {
            all = RawClientHello.join(all, RawClientHello.shorts(each.type), RawClientHello.list(each.content));
        }
        byte[] body = RawClientHello.join(
                RawClientHello.shorts(version),
                random,
                new byte[] {(byte) sessionId.length},
                sessionId,
                RawClientHello.list(suites),
                new byte[] {(byte) compressions.length},
                compressions,
                extensions.isEmpty() ? new byte[0] : RawClientHello.list(all));
        return RawClientHello.join(
                new byte[] {1, (byte) (body.length >> 16), (byte) (body.length >> 8), (byte) body.length}, body);
    }

    /** One byte of it changed. */
    static byte[] edited(byte[] bytes, FuzzBytes choices) {
        byte[] edited = bytes.clone();
        int at = choices.uint16();
        int value = choices.uint8();
        if (edited.length > 0) {
            edited[at % edited.length] = (byte) value;
        }
        return edited;
    }

    private byte[] content(int at) {
        return extensions.isEmpty() ? new byte[0] : extensions.get(at).content;
    }

    private void put(int type, byte[] content) {
        extensions.removeIf(extension -> extension.type == type);
        extensions.add(new Extension(type, content));
    }

    private void replace(int at, byte[] content) {
        if (!extensions.isEmpty()) {
            extensions.set(at, new Extension(extensions.get(at).type, content));
        }
    }

    private void remove(int at) {
        if (!extensions.isEmpty()) {
            extensions.remove(at);
        }
    }

    private void twice(int at) {
        if (!extensions.isEmpty()) {
            extensions.add(extensions.get(at));
        }
    }

    private void swap(int one, int other) {
        if (!extensions.isEmpty()) {
            Collections.swap(extensions, one, other);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
