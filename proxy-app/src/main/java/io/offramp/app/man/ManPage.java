package io.offramp.app.man;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The page of one command, in the macros of man(7). */
public final class ManPage {
    private final StringBuilder page = new StringBuilder();
    private final CommandSpec command;

    private ManPage(CommandSpec command) {
        this.command = command;
    }

    /** The name of the page: {@code offramp-device-set}. */
    public static String name(CommandSpec command) {
        return command.qualifiedName("-");
    }

    /** The text. It has no date, so that two builds make the same. */
    public static String of(CommandSpec command) {
        return new ManPage(command).text();
    }

    private String text() {
        List<String> description = List.of(command.usageMessage().description());
        page.append(".TH ").append(escaped(name(command).toUpperCase(Locale.ROOT)));
        page.append(" 1 \"\" \"Offramp\" \"User Commands\"\n");
        section("NAME");
        line(name(command) + " - " + (description.isEmpty() ? "" : firstSentence(description.getFirst())));
        section("SYNOPSIS");
        line(synopsis());
        section("DESCRIPTION");
        description.forEach(this::paragraph);
        arguments("ARGUMENTS", command.positionalParameters());
        arguments("OPTIONS", command.options());
        entries("COMMANDS", commands());
        entries("EXIT STATUS", command.usageMessage().exitCodeList());
        examples();
        section("SEE ALSO");
        page.append(".BR offramp (1)\n");
        return page.toString();
    }

    private String synopsis() {
        return command.commandLine()
                .getHelp()
                .synopsis(0)
                .replaceAll("\\s+", " ")
                .strip();
    }

    private Map<String, String> commands() {
        Map<String, String> all = new LinkedHashMap<>();
        command.subcommands().forEach((name, each) -> {
            String[] description = each.getCommandSpec().usageMessage().description();
            all.put(name, description.length == 0 ? "" : description[0]);
        });
        return all;
    }

    private void arguments(String title, List<? extends ArgSpec> all) {
        List<? extends ArgSpec> shown =
                all.stream().filter(each -> !each.hidden()).toList();
        if (shown.isEmpty()) {
            return;
        }
        section(title);
        for (ArgSpec each : shown) {
            page.append(".TP\n.B ");
            line(label(each));
            for (String text : each.description()) {
                line(plain(text));
            }
        }
    }

    private static String label(ArgSpec argument) {
        return switch (argument) {
            case OptionSpec option -> {
                String names = String.join(", ", option.names());
                boolean hasValue = option.arity().max() > 0;
                String value = option.arity().min() == 0 ? "[=" + option.paramLabel() + "]" : "=" + option.paramLabel();
                yield hasValue ? names + value : names;
            }
            case PositionalParamSpec parameter -> parameter.paramLabel();
            default -> argument.paramLabel();
        };
    }

    private void entries(String title, Map<String, String> entries) {
        if (!entries.isEmpty()) {
            section(title);
            entries.forEach((name, text) -> {
                page.append(".TP\n.B ");
                line(name);
                line(plain(text));
            });
        }
    }

    /** Each is a line of its own, with its indentation. */
    private void examples() {
        String[] lines = command.usageMessage().footer();
        if (lines.length > 0) {
            section("EXAMPLES");
            page.append(".nf\n");
            for (String each : lines) {
                line(plain(each));
            }
            page.append(".fi\n");
        }
    }

    private void paragraph(String text) {
        page.append(".PP\n");
        line(plain(text));
    }

    private void section(String title) {
        page.append(".SH ").append(title).append('\n');
    }

    private void line(String text) {
        page.append(escaped(text)).append('\n');
    }

    /** As picocli prints it, without colours. */
    private static String plain(String text) {
        return Ansi.OFF.string(text.replace("%n", "\n").replace("%%", "%"));
    }

    private static String firstSentence(String text) {
        String plain = plain(text);
        int end = plain.indexOf(". ");
        return end < 0 ? plain.replaceFirst("\\.$", "") : plain.substring(0, end);
    }

    /** A backslash, a hyphen and a dot at the start have a meaning for troff. */
    private static String escaped(String text) {
        return text.replace("\\", "\\e").replace("-", "\\-").replaceAll("(?m)^([.'])", "\\\\&$1");
    }
}
