package io.offramp.proxy.handshake;

import java.util.List;
import org.bouncycastle.tls.NamedGroup;
import org.jspecify.annotations.Nullable;

/** The key exchange groups that are negotiated here, in order of preference (RFC 8446 §4.2.7). */
enum Group {
    /** RFC 7748. The prefix is the SubjectPublicKeyInfo in front of the 32 bytes (RFC 8410 §4). */
    X25519(NamedGroup.x25519, "x25519", 32, "302a300506032b656e032100"),
    /** RFC 8422. The prefix is the SubjectPublicKeyInfo in front of the uncompressed point (RFC 5480 §2). */
    SECP256R1(NamedGroup.secp256r1, "secp256r1", 65, "3059301306072a8648ce3d020106082a8648ce3d030107034200"),
    /** RFC 8422. */
    SECP384R1(NamedGroup.secp384r1, "secp384r1", 97, "3076301006072a8648ce3d020106052b81040022036200");

    /** In order of preference. */
    static final List<Group> ALL = List.of(values());

    private final int code;
    private final String label;
    private final int shareBytes;
    private final String spkiPrefix;

    Group(int code, String label, int shareBytes, String spkiPrefix) {
        this.code = code;
        this.label = label;
        this.shareBytes = shareBytes;
        this.spkiPrefix = spkiPrefix;
    }

    static @Nullable Group of(int code) {
        for (Group group : ALL) {
            if (group.code == code) {
                return group;
            }
        }
        return null;
    }

    /** The number on the wire. */
    int code() {
        return code;
    }

    /** The standard's name. */
    String label() {
        return label;
    }

    /** Length of a key share. */
    int shareBytes() {
        return shareBytes;
    }

    /** What makes a SubjectPublicKeyInfo of a key share, in hex. */
    String spkiPrefix() {
        return spkiPrefix;
    }

    boolean isEcPoint() {
        return this != X25519;
    }
}
