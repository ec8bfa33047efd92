package io.offramp.proxy.handshake.crypto;

import static java.util.Objects.requireNonNull;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.spec.ECGenParameterSpec;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.conscrypt.Conscrypt;
import org.jspecify.annotations.Nullable;

/**
 * Which JCA provider does which primitive of a handshake: the fastest that works on this machine. A provider counts as
 * working once it has run the primitive, because a native one may be on the class path although its library does not
 * load. Thread-safe.
 *
 * <p>The order is measured (JDK 25, x86-64, us per operation): X25519 exchange Conscrypt 67, Bouncy Castle 175, JDK
 * 620; ECDSA P-256 Conscrypt 17, Corretto's 25, Bouncy Castle 79, JDK 121; ECDSA P-384 Corretto's 62, Conscrypt 307;
 * RSA-2048 Corretto's 264, Conscrypt 473, JDK 759; ML-KEM-768 encapsulation JDK and Bouncy Castle 180, no other has it.
 * Corretto's takes half a second to load, so it is asked first only where it gains most.
 */
public final class CryptoProviders {
    /** A provider that may be present. */
    public enum Candidate {
        CONSCRYPT(true),
        CORRETTO(true),
        BOUNCY_CASTLE(false),
        JDK(false);

        private final boolean fast;

        Candidate(boolean fast) {
            this.fast = fast;
        }
    }

    /** What is needed from a provider. */
    public enum Primitive {
        ML_KEM_768("ML-KEM-768", Candidate.JDK, Candidate.BOUNCY_CASTLE),
        X25519("X25519", Candidate.CONSCRYPT, Candidate.BOUNCY_CASTLE, Candidate.JDK),
        P256("P-256", Candidate.CONSCRYPT, Candidate.CORRETTO, Candidate.BOUNCY_CASTLE, Candidate.JDK),
        P384("P-384", Candidate.CONSCRYPT, Candidate.CORRETTO, Candidate.BOUNCY_CASTLE, Candidate.JDK),
        ECDSA_P256("ECDSA P-256", Candidate.CONSCRYPT, Candidate.CORRETTO, Candidate.BOUNCY_CASTLE, Candidate.JDK),
        ECDSA_P384("ECDSA P-384", Candidate.CORRETTO, Candidate.CONSCRYPT, Candidate.BOUNCY_CASTLE, Candidate.JDK),
        RSA("RSA", Candidate.CORRETTO, Candidate.CONSCRYPT, Candidate.JDK, Candidate.BOUNCY_CASTLE);

        private final String label;
        private final List<Candidate> preference;

        Primitive(String label, Candidate... preference) {
            this.label = label;
            this.preference = List.of(preference);
        }

        /** All that a key exchange in this group needs. */
        public static List<Primitive> of(Group group) {
            return switch (group) {
                case X25519MLKEM768 -> List.of(ML_KEM_768, X25519);
                case X25519 -> List.of(X25519);
                case SECP256R1 -> List.of(P256);
                case SECP384R1 -> List.of(P384);
            };
        }

        public static Primitive of(KeyType key) {
            return switch (key) {
                case ECDSA_P256 -> ECDSA_P256;
                case ECDSA_P384 -> ECDSA_P384;
                case RSA -> RSA;
            };
        }
    }

    /**
     * A provider that has run the primitive.
     *
     * @param provider null for whatever the JDK has installed
     */
    public record Choice(Candidate candidate, @Nullable Provider provider, String label) {}

    /** Loaded at most once in a process, and only when asked for. */
    private enum Loaded {
        CONSCRYPT(() -> Conscrypt.isAvailable() ? Conscrypt.newProvider() : null),
        CORRETTO(() -> {
            AmazonCorrettoCryptoProvider accp = AmazonCorrettoCryptoProvider.INSTANCE;
            return accp.getLoadingError() == null ? accp : null;
        }),
        BOUNCY_CASTLE(BouncyCastleProvider::new);

        private final Supplier<@Nullable Provider> loader;
        private boolean tried;
        private @Nullable Provider provider;

        Loaded(Supplier<@Nullable Provider> loader) {
            this.loader = loader;
        }

        synchronized @Nullable Provider get() {
            if (!tried) {
                tried = true;
                provider = load();
            }
            return provider;
        }

        private @Nullable Provider load() {
            try {
                return loader.get();
            } catch (RuntimeException | LinkageError e) { // no native library for this machine: try the next one
                return null;
            }
        }
    }

    private static final CryptoProviders BEST = new CryptoProviders(List.of(Candidate.values()));

    private final List<Candidate> allowed;
    private final Map<Primitive, Choice> choices = new ConcurrentHashMap<>();
    private final Map<Group, KeyAgreements> agreements = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable KeyEncapsulations> encapsulations = new AtomicReference<>();

    /** @param allowed the others are treated as absent */
    public CryptoProviders(List<Candidate> allowed) {
        this.allowed = allowed;
    }

    /** The best providers of this machine. */
    public static CryptoProviders best() {
        return BEST;
    }

    /**
     * One clause for the start-up log, {@code X25519 Conscrypt 2.9.0, P-256 Conscrypt 2.9.0, …}: what the listeners
     * built so far use.
     */
    public static String describe() {
        return BEST.choices.entrySet().stream()
                .sorted(Map.Entry.comparingByKey(Comparator.naturalOrder()))
                .map(e -> e.getKey().label + " " + e.getValue().label())
                .collect(Collectors.joining(", "));
    }

    /** The provider of a primitive; probed the first time, which may take half a second. */
    public Choice choice(Primitive primitive) {
        return choices.computeIfAbsent(primitive, this::probe);
    }

    /** The tools of a group of one key exchange. */
    KeyAgreements agreements(Group group) {
        return agreements.computeIfAbsent(
                group,
                g -> new KeyAgreements(g, choice(Primitive.of(g).getFirst()).provider()));
    }

    /** The tools of ML-KEM-768. */
    KeyEncapsulations encapsulations() {
        return requireNonNull(encapsulations.updateAndGet(made -> made != null
                ? made
                : new KeyEncapsulations(choice(Primitive.ML_KEM_768).provider())));
    }

    /**
     * True if the primitive is cheap enough for an event loop. RSA signing never is. ML-KEM always is: it costs less
     * than the cheapest RSA signature, no provider has a faster one, and a worker would cost even clients without
     * ML-KEM two hops.
     */
    public boolean isFast(Primitive primitive) {
        Candidate candidate = choice(primitive).candidate();
        return switch (primitive) {
            case RSA -> false;
            case ML_KEM_768 -> true;
            default -> candidate.fast;
        };
    }

    private Choice probe(Primitive primitive) {
        for (Candidate candidate : primitive.preference) {
            if (allowed.contains(candidate)) {
                Choice choice = load(candidate);
                if (choice != null && works(primitive, choice.provider())) {
                    return choice;
                }
            }
        }
        throw new IllegalStateException("no provider of " + primitive + " among " + allowed);
    }

    private static @Nullable Choice load(Candidate candidate) {
        Provider provider = switch (candidate) {
            case CONSCRYPT -> Loaded.CONSCRYPT.get();
            case CORRETTO -> Loaded.CORRETTO.get();
            case BOUNCY_CASTLE -> Loaded.BOUNCY_CASTLE.get();
            case JDK -> null;
        };
        if (candidate == Candidate.JDK) {
            return new Choice(candidate, null, "JDK " + Runtime.version().feature());
        }
        return provider == null ? null : new Choice(candidate, provider, label(candidate, provider));
    }

    private static String label(Candidate candidate, Provider provider) {
        return switch (candidate) {
            case CONSCRYPT -> {
                Conscrypt.Version version = Conscrypt.version();
                yield "Conscrypt " + version.major() + "." + version.minor() + "." + version.patch();
            }
            case CORRETTO -> "Corretto " + provider.getVersionStr();
            case BOUNCY_CASTLE -> "Bouncy Castle " + provider.getVersionStr();
            case JDK -> "JDK";
        };
    }

    private static boolean works(Primitive primitive, @Nullable Provider provider) {
        try {
            switch (primitive) {
                case ML_KEM_768 -> new KeyEncapsulations(provider).encapsulate(new byte[KeyEncapsulations.KEY_BYTES]);
                case X25519 -> agree(Group.X25519, provider);
                case P256 -> agree(Group.SECP256R1, provider);
                case P384 -> agree(Group.SECP384R1, provider);
                case ECDSA_P256 ->
                    sign(SigningScheme.ECDSA_SECP256R1_SHA256, "EC", new ECGenParameterSpec("secp256r1"), provider);
                case ECDSA_P384 ->
                    sign(SigningScheme.ECDSA_SECP384R1_SHA384, "EC", new ECGenParameterSpec("secp384r1"), provider);
                case RSA -> sign(SigningScheme.RSA_PSS_RSAE_SHA256, "RSA", null, provider);
            }
            return true;
        } catch (GeneralSecurityException | RuntimeException | LinkageError e) { // the next one is asked
            return false;
        }
    }

    private static void agree(Group group, @Nullable Provider provider) throws GeneralSecurityException {
        KeyAgreements tools = new KeyAgreements(group, provider);
        KeyPair ours = tools.generate();
        tools.agree(ours.getPrivate(), tools.decode(KeyAgreements.share(group, tools.generate())));
    }

    private static void sign(
            SigningScheme scheme, String keyAlgorithm, @Nullable ECGenParameterSpec curve, @Nullable Provider provider)
            throws GeneralSecurityException {
        // The provider's own: the JDK's first key takes a tenth of the start.
        KeyPairGenerator generator = provider == null
                ? KeyPairGenerator.getInstance(keyAlgorithm)
                : KeyPairGenerator.getInstance(keyAlgorithm, provider);
        if (curve == null) {
            generator.initialize(1024); // short, since it protects nothing
        } else {
            generator.initialize(curve);
        }
        new Signer(scheme, generator.generateKeyPair().getPrivate(), provider).sign(new byte[1]);
    }
}
