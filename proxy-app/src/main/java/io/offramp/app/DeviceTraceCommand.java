package io.offramp.app;

import io.offramp.offload.device.capture.Trace;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints a capture of the device as text. */
@Command(
        name = "trace",
        description =
                "Steps through a capture of the device: each packet between driver and device and on the wire, with"
                        + " its WQEs, its CQE and the state of its TIS or TIR before and after.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:the file cannot be read, or is damaged", "2:wrong usage"},
        footerHeading = "%nExamples:%n",
        footer = {
            "  offramp demo --tx hw --rx hw --set pcap=nic.pcapng --unsafe-keylog",
            "  offramp device trace nic.pcapng --side host | less",
            "  offramp device trace nic.pcapng --step"
        })
final class DeviceTraceCommand implements Callable<Integer> {
    /** One side of the device. */
    private enum Side {
        HOST,
        WIRE
    }

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "pcapng file of --set pcap=FILE")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Option(
            names = "--side",
            paramLabel = "SIDE",
            description = "host: between driver and device; wire: between device and network; default both")
    private @Nullable Side side;

    @Option(names = "--step", description = "wait for Enter behind each packet")
    private boolean isStepped;

    @Override
    public Integer call() throws CommandFailure {
        PrintWriter out = spec.commandLine().getOut();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            Trace trace = new Trace(in, side == null ? null : side.name().toLowerCase(Locale.ROOT));
            BufferedReader keys = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
            for (String packet = trace.next(); packet != null; packet = trace.next()) {
                out.print(packet);
                if (isStepped) {
                    out.flush();
                    if (keys.readLine() == null) {
                        break;
                    }
                }
            }
        } catch (NoSuchFileException e) {
            throw CommandFailure.atRunTime(file + ": no such file");
        } catch (IOException e) {
            out.flush();
            throw CommandFailure.atRunTime(file + ": " + (e.getMessage() == null ? e : e.getMessage()));
        }
        out.flush();
        return ExitCode.OK;
    }
}
