package io.offramp.proxy.warmup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

class TlsLoadTest {
    private final List<Integer> dialled = new ArrayList<>();
    private final Dialer nobody = port -> {
        dialled.add(port);
        throw new IOException("nobody listens");
    };

    @Test
    void shouldSayWhereItFailed() throws IOException {
        TlsLoad load = new TlsLoad(nobody);

        assertThatThrownBy(() -> load.run(
                        List.of(new TlsLoad.Target(8443, List.of("TLSv1.3"), TlsLoad.Traffic.HTTP_2)),
                        () -> true,
                        roundNs -> false))
                .isInstanceOf(IOException.class)
                .hasMessage("TLSv1.3 on port 8443, after 0 requests: nobody listens");
    }

    @Test
    void shouldEndInTheMidstOfARoundWhenTheTimeIsUp() throws IOException {
        // Given many listeners, and time that is up behind those without a version
        TlsLoad load = new TlsLoad(nobody);
        List<TlsLoad.Target> targets = List.of(
                new TlsLoad.Target(1, List.of(), TlsLoad.Traffic.HTTP_2),
                new TlsLoad.Target(2, List.of("TLSv1.3"), TlsLoad.Traffic.HTTP_2),
                new TlsLoad.Target(3, List.of("TLSv1.3"), TlsLoad.Traffic.HTTP_2));
        Iterator<Boolean> answers = List.of(false).iterator();

        // When
        load.run(targets, answers::next, roundNs -> true);

        // Then
        assertThat(dialled).isEmpty();
        assertThat(answers.hasNext()).isFalse();
    }
}
