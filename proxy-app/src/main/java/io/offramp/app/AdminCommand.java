package io.offramp.app;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that asks a running proxy and prints what it says. */
abstract class AdminCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private final AdminOptions admin = new AdminOptions();

    /** Where the proxy is. */
    final AdminOptions admin() {
        return admin;
    }

    final PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** For an argument that the parser could not judge. */
    final ParameterException wrongUsage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
