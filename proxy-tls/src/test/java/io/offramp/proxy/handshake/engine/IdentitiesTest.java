package io.offramp.proxy.handshake.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.offramp.proxy.handshake.certificate.Credentials;
import io.offramp.proxy.handshake.certificate.IdentityTable;
import io.offramp.proxy.handshake.certificate.ServerIdentity;
import java.lang.ref.WeakReference;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

class IdentitiesTest {
    private static final ServerIdentity OLD = TestSettings.p256("old.test");
    private static final ServerIdentity NEW = TestSettings.p256("new.test");

    private final HandshakeSettings settings =
            TestSettings.DEFAULT.with(OLD).on((Executor) Runnable::run).build();

    @Test
    void shouldServeTheNewOneToHandshakesThatBeginBehindTheReplacement() throws Exception {
        try (EmbeddedHandshake begun = new EmbeddedHandshake(settings)) {
            EngineClient client = EngineClient.of("TLSv1.3");
            byte[] flight = begun.receive(client.hello());

            settings.identities().replace(List.of(NEW));

            begun.receive(client.exchange(flight));
            assertThat(leaf(client))
                    .as("keeps the certificate with which it began")
                    .isEqualTo(OLD.leaf());
        }
        assertThat(leaf(handshake(settings))).isEqualTo(NEW.leaf());
    }

    @Test
    void shouldKnowWhichNamesShareACertificate() {
        settings.identities().replace(List.of(OLD, NEW));

        IdentityTable table = settings.identities().table();
        assertThat(table.areShared("new.test", "new.test")).isTrue();
        assertThat(table.areShared("old.test", "unknown.test")).isTrue();
        assertThat(table.areShared("old.test", "new.test")).isFalse();
        assertThat(table.areShared("new.test", "unknown.test")).isFalse();
    }

    @Test
    void shouldLeaveTheEventLoopForAnRsaCertificateOnlyWhileThereIsOne() {
        assumeThat(settings.usesWorker())
                .as("no native crypto provider on this machine")
                .isFalse();

        settings.identities().replace(List.of(OLD, TestSettings.rsa("rsa.test")));
        assertThat(settings.usesWorker()).isTrue();

        settings.identities().replace(List.of(NEW));
        assertThat(settings.usesWorker()).isFalse();
    }

    @Test
    void shouldKeepNothingOfAThousandCertificatesThatWereReplaced() throws Exception {
        // Given
        List<WeakReference<Credentials>> replaced = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            settings.identities().replace(List.of(i % 2 == 0 ? NEW : OLD));
            replaced.add(new WeakReference<>(
                    settings.identities().table().candidates(null).getFirst()));
            if (i % 100 == 0) {
                handshake(settings);
            }
        }

        // When
        settings.identities().replace(List.of(NEW));

        // Then
        await().untilAsserted(() -> {
            System.gc();
            assertThat(replaced).allMatch(each -> each.get() == null);
        });
    }

    private static EngineClient handshake(HandshakeSettings settings) throws Exception {
        EngineClient client = EngineClient.of("TLSv1.3");
        try (EmbeddedHandshake server = new EmbeddedHandshake(settings)) {
            client.exchange(server.receive(client.exchange(server.receive(client.hello()))));
        }
        return client;
    }

    private static X509Certificate leaf(EngineClient client) throws Exception {
        return (X509Certificate) client.engine().getSession().getPeerCertificates()[0];
    }
}
