package io.offramp.app;

import ch.qos.logback.core.status.NopStatusListener;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code offramp}: the command line. */
@Command(
        name = "offramp",
        description = "A TLS-terminating reverse proxy whose record layer can be offloaded, direction by direction.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed at run time: a port in use, for example", "2:wrong usage or configuration"},
        footerHeading = "%nExamples:%n",
        footer = {
            "  offramp demo                        serve a demo on this machine",
            "  offramp check config/offramp.yaml   report all errors in a configuration",
            "  offramp run config/offramp.yaml     run it",
            "  offramp proxy --from :8443 --to 127.0.0.1:8080 --cert site.pem",
            "  offramp reload                      have it read its configuration again",
            "  offramp upgrade                     have a new process take its place, without a gap",
            "  offramp sessions                    open connections and their offload",
            "  curl -s localhost:9090/sessions | offramp whatif -"
        })
public final class Main implements Runnable {
    /** Commands that serve, also without a reader of their output. */
    private static final Set<String> PROXIES = Set.of("run", "proxy", "demo");

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private Main() {}

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "which command? demo, run, check, routes, proxy, sessions, certificates, upstreams, reload, upgrade, "
                        + "device, whatif, train, schema, completion, version");
    }

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] args) {
        // Before Logback starts, which would print all of its own history for one file that cannot be opened.
        System.setProperty("logback.statusListenerClass", NopStatusListener.class.getName());
        boolean isProxy = args.length > 0 && PROXIES.contains(args[0]);
        WatchedOutput.install(isProxy);
        int exitCode = isPlainRun(args) ? run(args) : commandLine(args).execute(args);
        if (exitCode == CommandLine.ExitCode.OK && !isProxy && System.out.checkError()) {
            exitCode = CommandLine.ExitCode.SOFTWARE; // what it was run for is lost
        }
        LossyAppender.stopAll();
        System.exit(exitCode);
    }

    /**
     * The way services start: {@code run}, with a file or without, and no option. It needs no parser, and making ours
     * takes a third of the time to the first byte.
     */
    private static boolean isPlainRun(String[] args) {
        boolean hasFile = args.length == 2 && !args[1].isEmpty() && "-@".indexOf(args[1].charAt(0)) < 0;
        return (args.length == 1 || hasFile) && args[0].equals("run");
    }

    private static int run(String[] args) {
        PrintWriter err = new PrintWriter(System.err, true);
        try {
            return new RunCommand(args.length == 1 ? null : Path.of(args[1])).call();
        } catch (CommandFailure | RuntimeException e) {
            return onFailure(e, err);
        }
    }

    /**
     * The commands, ready to be executed; prints to standard output and standard error unless told otherwise.
     *
     * @param args the command line: only the command that it names is made, because making all takes a tenth of the
     *     start
     */
    static CommandLine commandLine(String... args) {
        CommandLine all = new CommandLine(new Main());
        Map<String, Class<?>> commands = commands();
        Class<?> named = args.length == 0 ? null : commands.get(args[0]);
        if (named == null || named == HelpCommand.class) {
            commands.values().forEach(all::addSubcommand);
        } else {
            all.addSubcommand(named);
        }
        return all.setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler(Main::onWrongUsage)
                .setExecutionExceptionHandler(Main::onFailure);
    }

    /** By name, in the order of the help. */
    private static Map<String, Class<?>> commands() {
        Map<String, Class<?>> commands = new LinkedHashMap<>();
        for (Class<?> command : List.of(
                DemoCommand.class,
                RunCommand.class,
                CheckCommand.class,
                RoutesCommand.class,
                ProxyCommand.class,
                SessionsCommand.class,
                CertificatesCommand.class,
                UpstreamsCommand.class,
                ReloadCommand.class,
                UpgradeCommand.class,
                DeviceCommand.class,
                WhatIfCommand.class,
                TrainCommand.class,
                SchemaCommand.class,
                CompletionCommand.class,
                ManCommand.class,
                VersionCommand.class,
                HelpCommand.class)) {
            commands.put(command.getAnnotation(Command.class).name(), command);
        }
        return commands;
    }

    private static int onWrongUsage(ParameterException failure, String[] args) {
        CommandLine command = failure.getCommandLine();
        command.getErr().println(failure.getMessage());
        UnmatchedArgumentException.printSuggestions(failure, command.getErr());
        command.getErr().println("See " + command.getCommandSpec().qualifiedName() + " --help");
        return CommandLine.ExitCode.USAGE;
    }

    private static int onFailure(Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
        return onFailure(failure, command.getErr());
    }

    /** One line for a fault that a user can fix; a stack trace for a fault of ours. */
    private static int onFailure(Exception failure, PrintWriter err) {
        if (failure instanceof CommandFailure expected) {
            expected.lines().forEach(err::println);
            return expected.exitCode();
        }
        err.println("offramp: " + failure);
        failure.printStackTrace(err);
        return CommandLine.ExitCode.SOFTWARE;
    }
}
