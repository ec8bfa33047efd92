package io.offramp.proxy.handshake.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.offramp.proxy.handshake.certificate.TestCertificates;
import java.lang.ref.WeakReference;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SignerTest {
    private static final KeyPair KEY = TestCertificates.ec("secp256r1");
    private static final SigningScheme SCHEME =
            SigningScheme.of(KeyType.ECDSA_P256, true).getFirst();

    @Test
    void shouldSignOnManyThreadsAtOnce() throws Exception {
        Signer signer = new Signer(SCHEME, KEY.getPrivate(), null);
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Callable<Boolean>> tasks = IntStream.range(0, 500)
                    .mapToObj(i -> (Callable<Boolean>) () ->
                            verifies(signer.sign(new byte[] {1}, new byte[] {(byte) i}), (byte) i))
                    .toList();
            for (Future<Boolean> each : threads.invokeAll(tasks)) {
                assertThat(each.get()).isTrue();
            }
        }
    }

    /** A thread-local would keep the JCA objects, and the key in them, for as long as the thread lives. */
    @Test
    void shouldLeaveNothingWithTheThreadThatSigned() throws Exception {
        WeakReference<PrivateKey> key = signWithAKeyThatGoes();
        await().untilAsserted(() -> {
            System.gc();
            assertThat(key.get()).isNull();
        });
    }

    private static WeakReference<PrivateKey> signWithAKeyThatGoes() throws Exception {
        PrivateKey key = TestCertificates.ec("secp256r1").getPrivate();
        new Signer(SCHEME, key, null).sign(new byte[] {1});
        return new WeakReference<>(key);
    }

    private static boolean verifies(byte[] signed, byte last) throws Exception {
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initVerify(KEY.getPublic());
        signature.update(new byte[] {1, last});
        return signature.verify(signed);
    }
}
