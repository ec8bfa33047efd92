package io.offramp.app;

import io.offramp.app.whatif.JsonReport;
import io.offramp.app.whatif.TextReport;
import io.offramp.offload.OffloadProvider;
import io.offramp.offload.RecordOffload;
import io.offramp.proxy.connection.SessionStats;
import io.offramp.proxy.session.OffloadConfig.Policy;
import io.offramp.proxy.session.RecordCost;
import io.offramp.proxy.whatif.Capture;
import io.offramp.proxy.whatif.CaptureException;
import io.offramp.proxy.whatif.DeviceFigures;
import io.offramp.proxy.whatif.Flow;
import io.offramp.proxy.whatif.Outcome;
import io.offramp.proxy.whatif.Simulation;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Simulates a device with the traffic that a proxy has seen. */
@Command(
        name = "whatif",
        description = {
            "Which traffic would profit from a device? Runs the sessions of a capture over a device with these figures,"
                    + " once for each policy. Prints what the device would take, what it would refuse and why, and the"
                    + " CPU that it would free.",
            "A running proxy serves a capture at /sessions of its admin address."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:the capture cannot be read, or has no session", "2:wrong usage"},
        footerHeading = "%nExamples:%n",
        footer = {
            "  offramp whatif sessions.csv",
            "  curl -s localhost:9090/sessions | offramp whatif - --contexts 1000 --installs-per-second 500",
            "  offramp whatif sessions.csv --gbit-per-second 25 --install-latency 50us --record-latency 1us --json"
        })
final class WhatIfCommand implements Callable<Integer> {
    private static final String BACKEND = "device";
    private static final String STDIN = "-";

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(paramLabel = "CAPTURE", description = "a file from /sessions of a proxy; - for standard input")
    private String capture = "";

    @Option(
            names = "--profile",
            paramLabel = "NAME",
            description = "a device with known figures; see config/device.yaml")
    private @Nullable String profile;

    @Option(names = "--contexts", paramLabel = "N", description = "directions held at once")
    private @Nullable String contexts;

    @Option(
            names = "--records-per-second",
            paramLabel = "N",
            description = "records protected per second; default: unlimited")
    private @Nullable String recordsPerSecond;

    @Option(
            names = "--gbit-per-second",
            paramLabel = "X",
            description = "Gbit of records on the wire per second; default: unlimited")
    private @Nullable String gbitPerSecond;

    @Option(
            names = "--installs-per-second",
            paramLabel = "N",
            description = "directions taken on per second; default: unlimited")
    private @Nullable String installsPerSecond;

    @Option(
            names = "--install-latency",
            paramLabel = "TIME",
            description = "from an install to its first use, such as 50us; default: none")
    private @Nullable String installLatency;

    @Option(
            names = "--record-latency",
            paramLabel = "TIME",
            description = "delay of a record in the device, such as 1us; default: none")
    private @Nullable String recordLatency;

    @Option(
            names = "--command-time",
            paramLabel = "TIME",
            description = "of the firmware, to make or destroy an object; default: the profile's")
    private @Nullable String commandTime;

    @Option(
            names = "--key-time",
            paramLabel = "TIME",
            description = "of the firmware, to write a key into an object that there is; default: the profile's")
    private @Nullable String keyTime;

    @Option(
            names = "--key-object-time",
            paramLabel = "TIME",
            description = "of the firmware, to make or destroy an object with a key, if --pools has no dek; default:"
                    + " the profile's")
    private @Nullable String keyObjectTime;

    @Option(
            names = "--pools",
            paramLabel = "WORDS",
            description = "objects that the driver keeps for other connections: tis, dek, \"tis dek\" or none;"
                    + " default: the profile's")
    private @Nullable String pools;

    @Option(
            names = "--context-cache",
            paramLabel = "N",
            description = "directions whose state the device has close to its engines; default: the profile's")
    private @Nullable String contextCache;

    @Option(
            names = "--context-miss",
            paramLabel = "TIME",
            description = "delay of a record whose state has to be fetched; default: the profile's")
    private @Nullable String contextMiss;

    @Option(
            names = "--host-ns-per-record",
            paramLabel = "X",
            description = "CPU of a record in software, without its bytes; default: ${DEFAULT-VALUE}")
    private double nsPerRecord = RecordCost.MEASURED.nsPerRecord();

    @Option(
            names = "--host-ns-per-byte",
            paramLabel = "X",
            description = "CPU of each byte in software; default: ${DEFAULT-VALUE}")
    private double nsPerByte = RecordCost.MEASURED.nsPerByte();

    @Option(
            names = "--driver-ns-per-record",
            paramLabel = "X",
            description = "host CPU of a record that the device protects; default: ${DEFAULT-VALUE}")
    private double driverNsPerRecord = RecordCost.MEASURED.driverNsPerRecord();

    @Option(
            names = "--host-ns-per-install",
            paramLabel = "X",
            description = "host CPU of an install; default: ${DEFAULT-VALUE}, an estimate")
    private double nsPerInstall = RecordCost.MEASURED.nsPerInstall();

    @Option(names = "--json", description = "print JSON instead of tables")
    private boolean json;

    @Override
    public Integer call() throws CommandFailure {
        RecordCost cost = cost();
        Simulation simulation = new Simulation(figures(), cost);
        List<SessionStats> sessions = sessions();
        if (sessions.isEmpty()) {
            throw CommandFailure.atRunTime(capture + " has no session yet");
        }
        List<Flow> flows = Flow.of(sessions);
        List<Outcome> outcomes = Stream.of(Policy.SW, Policy.HW, Policy.AUTO)
                .map(policy -> simulation.run(policy, flows))
                .toList();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            JsonReport.print(out, simulation, outcomes);
        } else {
            new TextReport(out, simulation).print(sessions.size(), outcomes);
        }
        out.flush();
        return ExitCode.OK;
    }

    private RecordCost cost() throws CommandFailure {
        try {
            return new RecordCost(nsPerRecord, nsPerByte, driverNsPerRecord, nsPerInstall);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.badConfig(List.of("--host-ns-…, --driver-ns-per-record: " + e.getMessage()));
        }
    }

    /** The figures of the backend itself, opened with these settings. */
    private DeviceFigures figures() throws CommandFailure {
        OffloadProvider provider = Installation.current().backends().stream()
                .filter(backend -> backend.name().equals(BACKEND))
                .findFirst()
                .orElseThrow(
                        () -> CommandFailure.atRunTime("there is no backend " + BACKEND + " in this installation"));
        try (RecordOffload device = provider.open(settings())) {
            return DeviceFigures.of(device);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.badConfig(List.of("--" + e.getMessage()));
        }
    }

    private Map<String, String> settings() {
        Map<String, @Nullable String> options = new LinkedHashMap<>();
        options.put("profile", profile);
        options.put("contexts", contexts);
        options.put("records-per-second", recordsPerSecond);
        options.put("gbit-per-second", gbitPerSecond);
        options.put("installs-per-second", installsPerSecond);
        options.put("install-latency", installLatency);
        options.put("record-latency", recordLatency);
        options.put("command-time", commandTime);
        options.put("key-time", keyTime);
        options.put("key-object-time", keyObjectTime);
        options.put("pools", pools);
        options.put("context-cache", contextCache);
        options.put("context-miss", contextMiss);
        Map<String, String> settings = new LinkedHashMap<>();
        options.forEach((name, value) -> {
            if (value != null) {
                settings.put(name, value);
            }
        });
        return settings;
    }

    private List<SessionStats> sessions() throws CommandFailure {
        boolean fromStdin = capture.equals(STDIN);
        try (InputStream in = fromStdin ? System.in : Files.newInputStream(Path.of(capture))) {
            BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            return Capture.read(lines, fromStdin ? "standard input" : capture);
        } catch (CaptureException e) {
            throw CommandFailure.atRunTime(String.valueOf(e.getMessage()));
        } catch (NoSuchFileException e) {
            throw CommandFailure.atRunTime(capture + ": no such file");
        } catch (IOException e) {
            throw CommandFailure.atRunTime(capture + ": cannot be read: " + e.getMessage());
        }
    }
}
