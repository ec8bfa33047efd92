package io.offramp.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.offramp.proxy.guard.AddressList;
import io.offramp.proxy.guard.ConnectionLimits;
import io.offramp.proxy.net.Cidr;
import io.offramp.proxy.rate.RateKey;
import io.offramp.proxy.rate.RateLimit;
import io.offramp.proxy.rate.RateLimit.What;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code connections} of listeners, and {@code access} of those in tcp mode. */
class ConnectionsConfigTest {
    private static final AddressList NO_OFFICE =
            new AddressList(List.of(new AddressList.Line(false, List.of(Cidr.parse("10.0.0.0/8")))));

    @TempDir
    private Path directory;

    private ConfigFile file;

    @BeforeEach
    void makeFile() throws IOException {
        file = new ConfigFile(directory);
    }

    private static String listener(String mode, String lines) {
        return "listeners:\n  - {bind: ':1', mode: " + mode + ", tls: {cert: site.pem}, upstream: 'a:1'" + lines
                + "}\n";
    }

    private ConnectionLimits limits(String mode, String lines) throws IOException {
        return file.loaded(listener(mode, lines)).listeners().getFirst().connections();
    }

    @Test
    void shouldTakeEveryConnectionUnlessSaidOtherwise() throws IOException {
        assertThat(limits("http", "")).isEqualTo(ConnectionLimits.NONE);
        assertThat(limits("http", ", access: {addresses: [{deny: 10.0.0.0/8}]}"))
                .isEqualTo(ConnectionLimits.NONE);
    }

    @Test
    void shouldReadAllLimits() throws IOException {
        assertThat(limits(
                        "http",
                        ", connections: {addresses: [{deny: 10.0.0.0/8}], open: 5, rate: 6/m, burst: 3, clients: 10, "
                                + "exempt: ['::1'], dry-run: true}"))
                .isEqualTo(new ConnectionLimits(
                        NO_OFFICE,
                        5,
                        new RateLimit(
                                "listeners[0].connections",
                                What.CONNECTIONS,
                                6,
                                TimeUnit.MINUTES.toNanos(1),
                                3,
                                new RateKey.Address(),
                                true,
                                10),
                        List.of(Cidr.parse("::1")),
                        true));
    }

    @Test
    void shouldTakeAccessByAddressForConnectionsOfATcpListener() throws IOException {
        assertThat(limits("tcp", ", access: {addresses: [{deny: 10.0.0.0/8}]}").addresses())
                .isEqualTo(NO_OFFICE);
        assertThat(limits("tcp", ", connections: {open: 2}, access: {addresses: [{deny: 10.0.0.0/8}]}"))
                .isEqualTo(new ConnectionLimits(NO_OFFICE, 2, null, List.of(), false));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http | connections: {open: 0} | connections.open: must be 1 to 1000000, is 0",
                "http | connections: {rate: 5} | connections.rate: expected a rate such as 100/s, 600/m or "
                        + "10/h, is \"5\"",
                "http | connections: {burst: 5} | connections.burst: goes with a rate, such as rate: 10/s",
                "http | connections: {max: 5} | connections.max: unknown key",
                "http | connections: {exempt: [10.0.0.1/8], open: 1} | connections.exempt[0]: \"10.0.0.1/8\" has bits "
                        + "behind its prefix; 10.0.0.0/8 would not",
                "tcp | access: {client-certificate: required} | access.client-certificate: a tcp listener sees no "
                        + "requests; its access goes by addresses alone",
                "tcp | access: {addresses: [{deny: '::1'}]}, connections: {addresses: [{deny: '::1'}]} | "
                        + "connections.addresses: listeners[0].access.addresses says it already",
                "tcp | rates: [{requests: 1/s}] | rates: a tcp listener passes bytes, and has no rules for requests",
            })
    void shouldSayWhatIsWrong(String mode, String lines, String message) throws IOException {
        assertThat(file.problems(listener(mode, ", " + lines)))
                .singleElement()
                .asString()
                .startsWith("offramp.yaml:2:")
                .contains(": listeners[0]." + message);
    }

    @Test
    void shouldWarnOfExemptionsFromNothing() throws IOException {
        assertThat(file.warnings(listener("http", ", connections: {exempt: ['::1']}")))
                .singleElement()
                .asString()
                .endsWith("connections.exempt: nothing to be exempt from: neither open nor rate is set");
    }
}
