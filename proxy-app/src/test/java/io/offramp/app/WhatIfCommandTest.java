package io.offramp.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code offramp whatif} on captures with a known outcome. */
class WhatIfCommandTest {
    private static final String HEADER = "start_ms,lifetime_ms,state,listener,version,cipher,tx_records,tx_bytes,"
            + "rx_records,rx_bytes,txconf,rxconf,tx_why,rx_why,moves\n";

    @TempDir
    private Path directory;

    @Test
    void shouldSayWhatEachPolicyWouldDoAndWhoProfits() throws IOException {
        // Given: a download of 64 MiB in 100 s, and one with a suite that no device has
        Path capture =
                capture("0,100000,closed,web,1.3,aes-gcm-128,4096,67108864,10,1000,sw,sw,configured,configured,0\n"
                        + "0,2000,closed,web,1.3,chacha20-poly1305,10,1000,10,1000,sw,sw,configured,configured,0\n");

        // When
        CommandRun outcome = execute(
                capture,
                "--contexts",
                "2",
                "--host-ns-per-record",
                "500",
                "--host-ns-per-byte",
                "0.1",
                "--driver-ns-per-record",
                "100",
                "--host-ns-per-install",
                "0");

        // Then
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.out().lines().map(line -> line.replaceAll(" +", " ")))
                .contains("capture 2 sessions, 4,126 records, 64.0 MiB")
                .contains("device 2 contexts, records/s unlimited, Gbit/s unlimited, installs/s unlimited,"
                        + " install latency 0, record latency 0")
                .contains("assumed host: 500 ns per record and 0.100 ns per byte in software, 100 ns per record on the "
                        + "device,"
                        + " 0 ns per install")
                .contains("sw tx 2 0 0 B 0 % 2 -")
                .contains("hw tx 2 1 64.0 MiB 100 % 0 suite or version 1")
                .contains("hw rx 2 1 1000 B 50 % 0 suite or version 1")
                .contains("auto tx 2 1 63.0 MiB 98 % 1 -")
                .anyMatch(line -> line.startsWith("hw 2 2.0 1.0 0.42 ms 8.35 ms "))
                .contains("verdict: hw frees most, 8.35 ms of 8.77 ms of CPU for records (95 %); 100 % of it where "
                        + "records have"
                        + " 4 KiB and more and sessions last 1 min and more (1 of 4 directions)");
    }

    @Test
    void shouldSayWhyNothingProfits() throws IOException {
        // Given
        Path capture = capture("0,20,closed,web,1.3,aes-gcm-128,2,1500,1,200,sw,sw,configured,configured,0\n");

        // When, Then
        assertThat(execute(capture).out())
                .endsWith("verdict: nothing profits: sessions are too short or their records too small to repay an "
                        + "install\n");
    }

    @Test
    void shouldKnowThatConnectionsTakeMoreOfTheFirmwareWithoutPools() throws IOException {
        // Given: 2,000 connections in 200 ms
        Path capture = capture(IntStream.range(0, 2_000)
                .mapToObj(i -> i / 10 + ",60000,closed,web,1.3,aes-gcm-128,600,9600000,600,9600000,sw,sw,"
                        + "configured,configured,0\n")
                .collect(Collectors.joining()));

        // When, Then
        assertThat(execute(capture, "--pools", "none").out())
                .containsPattern("\nhw +tx +2,000 .* install rate [\\d,]+");
        assertThat(execute(capture, "--pools", "tis dek").out()).containsPattern("\nhw +tx +2,000 +2,000 .* -\n");
        assertThat(execute(capture, "--pools", "some").err())
                .isEqualTo("--pools: must be tis, dek, tis dek or none, is some\n");
    }

    @Test
    void shouldPrintJsonForPrograms() throws IOException {
        // Given
        Path capture = capture("0,20,closed,web,1.3,aes-gcm-128,2,1500,1,200,sw,sw,configured,configured,0\n");

        // When
        CommandRun outcome = execute(capture, "--json", "--installs-per-second", "5", "--install-latency", "50us");

        // Then
        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.out())
                .contains("\"recordsPerSecond\" : null", "\"installsPerSecond\" : 5", "\"installLatencyNs\" : 50000")
                .contains("\"policy\" : \"auto\"", "\"install_rate\" : 1", "\"verdict\" : \"nothing profits: ")
                .endsWith("}\n");
    }

    @Test
    void shouldNameTheLineOfACaptureThatIsWrong() throws IOException {
        Path capture = capture("0,20,closed,web,1.3,aes-gcm-128,2,many,1,200,sw,sw,configured,configured,0\n");
        assertThat(execute(capture))
                .isEqualTo(new CommandRun(
                        1, "", "offramp: " + capture + ":2: tx_bytes: expected a number from 0 on, is \"many\"\n"));
    }

    @Test
    void shouldRefuseWhereThereIsNothingToSimulate() throws IOException {
        Path empty = capture("");
        assertThat(execute(empty)).isEqualTo(new CommandRun(1, "", "offramp: " + empty + " has no session yet\n"));
        assertThat(execute(Path.of("no-such.csv")))
                .isEqualTo(new CommandRun(1, "", "offramp: no-such.csv: no such file\n"));
    }

    @Test
    void shouldNameTheOptionWhoseValueIsWrong() throws IOException {
        Path capture = capture("");
        assertThat(execute(capture, "--install-latency", "50"))
                .isEqualTo(new CommandRun(
                        2,
                        "",
                        "--install-latency: must be a time of at most 10s with its unit, ns, us, ms or s, "
                                + "such as 50us, is 50\n"));
        assertThat(execute(capture, "--contexts", "0").err()).isEqualTo("--contexts: must be 1 to 1048576, is 0\n");
        assertThat(execute(capture, "--host-ns-per-byte", "-1").exitCode()).isEqualTo(2);
    }

    private Path capture(String lines) throws IOException {
        return Files.writeString(directory.resolve("sessions.csv"), HEADER + lines);
    }

    private static CommandRun execute(Path capture, String... options) {
        return CommandRun.of(Stream.concat(Stream.of("whatif", capture.toString()), Stream.of(options))
                .toArray(String[]::new));
    }
}
