package io.offramp.app;

import io.offramp.offload.FileFailure;
import io.offramp.proxy.config.ConfigProblem;
import io.offramp.proxy.config.ConfigResult;
import io.offramp.proxy.handshake.certificate.DevelopmentCertificate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Runs a configuration file. */
@Command(
        name = "run",
        description = "Runs a configuration. If it has an error, nothing is started; see offramp check.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:stopped by SIGTERM or SIGINT", "1:failed at run time", "2:wrong configuration"},
        footerHeading = "%nExamples:%n",
        footer = {"  offramp run", "  offramp run /etc/offramp/offramp.yaml"})
final class RunCommand implements Callable<Integer> {
    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            description = "the configuration, in YAML; default: config/offramp.yaml of this installation")
    private @Nullable Path file;

    @Mixin
    private KeyLogOptions keyLog = new KeyLogOptions();

    RunCommand() {}

    /** Without the command line, and so without its options. */
    RunCommand(@Nullable Path file) {
        this.file = file;
    }

    @Override
    public Integer call() throws CommandFailure {
        try (Signals signals = Signals.hold()) {
            run(signals);
            return ExitCode.OK;
        }
    }

    private void run(Signals signals) throws CommandFailure {
        EnoughFiles.require();
        Installation installation = Installation.current();
        Path config = file == null ? installation.defaultConfig() : file;
        ConfigResult.Loaded loaded = ConfigFiles.load(installation, config);
        Logging.apply(loaded.config().logging());
        for (ConfigProblem warning : loaded.warnings()) {
            LoggerFactory.getLogger(RunCommand.class).warn("{}", warning); // Logback is slow, and signals come first
        }
        keyLog.check(loaded.config(), installation.backends());
        if (installation.configLoader().needsDevelopmentCertificate(loaded.config())) {
            developmentCertificate(installation);
        }
        Serving.start(loaded.config(), installation, new FileSource(config, installation, keyLog))
                .untilSignal(signals);
    }

    /** Makes the development certificate, or finds the one made earlier. */
    static Path developmentCertificate(Installation installation) throws CommandFailure {
        try {
            return DevelopmentCertificate.create(installation.stateDirectory());
        } catch (IOException e) {
            throw CommandFailure.atRunTime("cannot make a development certificate in " + installation.stateDirectory()
                    + ": " + FileFailure.reason(e));
        }
    }
}
