package io.offramp.proxy.handshake.ticket;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.handshake.crypto.TlsSuite;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ResumableSessionTest {
    private final Random random = new Random(5);

    @Test
    void shouldComeBackAsItWas() {
        for (TlsSuite suite : TlsSuite.ALL) {
            ResumableSession session = session(suite, "www.example.com", List.of(random(900), random(70_000)));

            ResumableSession again = ResumableSession.decode(session.encode());

            assertThat(again).usingRecursiveComparison().isEqualTo(session);
            assertThat(again).hasToString("ResumableSession[" + suite + " of www.example.com, secret redacted]");
        }
    }

    @Test
    void shouldComeBackWithoutNameAndClient() {
        ResumableSession session = session(TlsSuite.TLS_AES_128_GCM_SHA256, null, List.of());

        assertThat(ResumableSession.decode(session.encode()))
                .usingRecursiveComparison()
                .isEqualTo(session);
    }

    @Test
    void shouldNotComeBackWhenCutOrLengthened() {
        byte[] encoded = session(TlsSuite.TLS_AES_256_GCM_SHA384, "localhost", List.of(random(30)))
                .encode();
        for (int length = 0; length < encoded.length; length++) {
            assertThat(ResumableSession.decode(Arrays.copyOf(encoded, length))).isNull();
        }
        assertThat(ResumableSession.decode(Arrays.copyOf(encoded, encoded.length + 1)))
                .isNull();
    }

    @Test
    void shouldNotThrowWhateverItIsGiven() {
        for (int i = 0; i < 100_000; i++) {
            byte[] noise = random(random.nextInt(120));
            if (noise.length > 3) { // past the first checks
                noise[0] = 0x13;
                noise[1] = 1;
                noise[2] = 0;
            }
            ResumableSession.decode(noise);
        }
    }

    @Test
    void shouldBeOpenedByItsKeyOnly() {
        TicketKey key = TicketKey.random();
        byte[] session = random(120);
        byte[] ticket = key.seal(session);

        assertThat(key.open(ticket)).isEqualTo(session);
        assertThat(ticket).hasSize(session.length + TicketKey.OVERHEAD_BYTES);
        assertThat(key.isNamedBy(ticket)).isTrue();
        assertThat(TicketKey.random().open(ticket)).isNull();
        assertThat(key).hasToString("TicketKey[redacted]");
        byte[] name = Arrays.copyOf(ticket, TicketKey.NAME_BYTES);
        assertThat(new TicketKey(name, random(32)).open(ticket))
                .as("same name, other secret")
                .isNull();
    }

    @Test
    void shouldNotOpenWhenAnyBitIsFlippedOrAnythingIsCutOff() {
        TicketKey key = TicketKey.random();
        byte[] ticket = key.seal(random(100));
        for (int bit = 0; bit < 8 * ticket.length; bit++) {
            byte[] forged = ticket.clone();
            forged[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(key.open(forged)).as("bit %d", bit).isNull();
        }
        for (int length = 0; length < ticket.length; length++) {
            assertThat(key.open(Arrays.copyOf(ticket, length)))
                    .as("length %d", length)
                    .isNull();
        }
        assertThat(key.open(Arrays.copyOf(ticket, ticket.length + 1))).isNull();
    }

    @Test
    void shouldNeverLookTheSame() {
        TicketKey key = TicketKey.random();
        byte[] session = random(60);
        List<String> salts = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            salts.add(Arrays.toString(
                    Arrays.copyOfRange(key.seal(session), TicketKey.NAME_BYTES + 1, TicketKey.NAME_BYTES + 17)));
        }
        assertThat(salts).doesNotHaveDuplicates();
    }

    private ResumableSession session(TlsSuite suite, @Nullable String name, List<byte[]> client) {
        return new ResumableSession(suite, true, 1_800_000_000L, random(32), name, random(32), random(48), client);
    }

    private byte[] random(int bytes) {
        byte[] array = new byte[bytes];
        random.nextBytes(array);
        return array;
    }
}
